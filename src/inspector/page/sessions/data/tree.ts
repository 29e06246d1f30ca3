import { toSentence } from '../../calls/client.ts';
import { announce } from '../../parts/announce.ts';
import { confirm } from '../../parts/confirm.ts';
import { create, redraw } from '../../parts/element.ts';
import { ValueForm, type Edit } from './edit.ts';
import { Members } from './members.ts';
import { isContainer, Masks, toLabel, toText, valueAt, type Path } from './paths.ts';

/** What the tree asks of the API. */
interface Api {
  reveal(path: Path): Promise<unknown>;
  /** Changes a value if it still is what it was; removes it without one. */
  edit: Edit;
  /** Reads the session anew. */
  read(): void;
}

/**
 * The data of a session: nested lists that fold. It can be read and used like any list, which a tree of
 * ARIA with buttons in it cannot.
 */
export class DataTree {
  readonly element = create('div', { class: 'data' });
  readonly #api: Api;
  readonly #masks = new Masks();
  readonly #members = new Members(this.#masks, {
    try: (path, act) => this.#try(path, act),
    reveal: (path) => this.#reveal(path),
    hide: (path) => this.#hide(path),
    edit: (inner, path) => this.#edit(inner, path),
    remove: (inner, path) => this.#remove(inner, path),
    draw: () => this.#draw(),
  });
  #data: unknown;
  #shown = '';

  constructor(api: Api) {
    this.#api = api;
  }

  /** Another session is shown: nothing of this one is kept. */
  reset(): void {
    this.#masks.clear();
    this.#members.reset();
    this.#data = undefined;
    this.#shown = '';
    this.element.replaceChildren();
  }

  /** Shows what it is now. A form that is open stays as it is. */
  show(data: unknown, masked: Path[]): void {
    const text = JSON.stringify([data, masked]);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#data = data;
    this.#masks.set(masked);
    if (!this.#members.form) this.#draw(); // else when that is closed
  }

  #draw(): void {
    const isEmpty = !isContainer(this.#data) || Object.keys(this.#data).length === 0;
    const empty = create('p', { class: 'dim' }, 'There is nothing in it.');
    redraw(this.element, isEmpty ? empty : this.#members.createList(this.#data as object, []));
  }

  async #reveal(path: Path): Promise<void> {
    this.#masks.reveal(path, await this.#api.reveal(path));
    this.#draw();
    this.#focus('Hide', path);
  }

  #hide(path: Path): void {
    this.#masks.hide(path);
    this.#draw();
    this.#focus('Reveal', path);
  }

  /** A list or an object is changed as a whole, so all of it has to be seen. */
  async #edit(inner: unknown, path: Path): Promise<void> {
    const isUnseen = this.#masks.has(path) && this.#masks.covers(path);
    const isPartly = !isUnseen && this.#masks.covers(path);
    const value = isPartly ? await this.#api.reveal(path) : this.#masks.whole(path, inner);
    const form = new ValueForm(path, isUnseen ? undefined : { value }, {
      edit: this.#api.edit,
      now: () => this.#readNow(path),
      done: (isSaved) => this.#closeForm(path, isSaved),
    });
    this.#members.form = form;
    this.#draw();
    form.focus();
  }

  #closeForm(path: Path, isSaved: boolean): void {
    this.#members.form = undefined;
    if (isSaved) {
      this.#masks.hide(path);
      this.#api.read();
      announce(`${toLabel(path)} is saved.`);
    }
    this.#draw();
    this.#focus('Edit', path);
  }

  /** What stands there now, of which somebody else has made another one. */
  async #readNow(path: Path): Promise<unknown> {
    this.#api.read();
    return await this.#api.reveal(path);
  }

  async #remove(inner: unknown, path: Path): Promise<void> {
    const label = toLabel(path);
    const isMeant = await confirm({
      title: `Remove ${label}?`,
      text: 'The app does not find it any more from its next request on.',
      action: 'Remove',
      isDangerous: true,
    });
    if (!isMeant) return;
    const was = this.#masks.covers(path) ? undefined : this.#masks.whole(path, inner);
    await this.#api.edit(path, undefined, was);
    this.#api.read();
    announce(`${label} is removed.`);
  }

  /** What fails is told beside the member. */
  async #try(path: Path, act: () => Promise<void> | void): Promise<void> {
    const text = toText(path);
    const data = this.#data;
    try {
      await act();
      if (this.#members.errors.delete(text)) this.#draw();
    } catch (error) {
      if (valueAt(this.#data, path) === undefined || data === undefined) return;
      this.#members.errors.set(text, toSentence(error));
      this.#draw();
    }
  }

  #focus(action: string, path: Path): void {
    const id = CSS.escape(`${action} ${toText(path)}`);
    this.element.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus();
  }
}

import { toSentence } from '../calls/client.ts';
import { announce } from '../parts/announce.ts';
import { confirm } from '../parts/confirm.ts';
import { create, createButton, redraw } from '../parts/element.ts';
import { ValueForm, type Edit } from './edit.ts';
import { isContainer, Masks, toLabel, toText, valueAt, type Path } from './paths.ts';
import { createMask, createSize, createValue } from './values.ts';

/** What the tree asks of the API. */
interface Api {
  reveal(path: Path): Promise<unknown>;
  /** Changes a value if it still is what it was; removes it without one. */
  edit: Edit;
  /** Reads the session anew. */
  read(): void;
}

/** How many members of a value are shown at first, and how many more each time. */
const SHOWN = 100;

/** Values of up to so many members are open at first. */
const SMALL = 12;

/**
 * The data of a session: nested lists that fold. It can be read and used like any list, which a tree of
 * ARIA with buttons in it cannot.
 */
export class DataTree {
  readonly element = create('div', { class: 'data' });
  readonly #api: Api;
  readonly #masks = new Masks();
  readonly #folds = new Map<string, boolean>();
  readonly #counts = new Map<string, number>();
  readonly #errors = new Map<string, string>();
  #form: ValueForm | undefined;
  #data: unknown;
  #shown = '';

  constructor(api: Api) {
    this.#api = api;
  }

  /** Another session is shown: nothing of this one is kept. */
  reset(): void {
    this.#masks.clear();
    for (const map of [this.#folds, this.#counts, this.#errors]) map.clear();
    this.#form = undefined;
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
    if (!this.#form) this.#draw(); // else when that is closed
  }

  #draw(): void {
    const isEmpty = !isContainer(this.#data) || Object.keys(this.#data).length === 0;
    const empty = create('p', { class: 'dim' }, 'There is nothing in it.');
    redraw(this.element, isEmpty ? empty : this.#createList(this.#data as object, []));
  }

  #createList(value: object, path: Path): HTMLElement {
    const entries = Object.entries(value);
    const count = this.#counts.get(toText(path)) ?? SHOWN;
    const items = entries
      .slice(0, count)
      .map(([name, inner]) => this.#createMember(inner, [...path, name]));
    const more = (): void => {
      this.#counts.set(toText(path), count + SHOWN);
      this.#draw();
    };
    const left = entries.length - count;
    const button = left > 0 && createButton(`Show more of ${left} others`, more);
    return create('ul', {}, items, button && create('li', {}, button));
  }

  #createMember(inner: unknown, path: Path): HTMLElement {
    if (this.#form?.isOf(path)) return create('li', { class: 'member' }, this.#form.element);
    const value = this.#masks.shown(path, inner);
    const isMasked = this.#masks.has(path) && !this.#masks.isRevealed(path);
    const key = create('span', { class: 'key' }, path.at(-1));
    const content =
      isContainer(value) && Object.keys(value).length > 0
        ? this.#createFold(value, key, path)
        : create('div', { class: 'leaf' }, key, isMasked ? createMask() : createValue(value));
    const error = this.#errors.get(toText(path));
    return create(
      'li',
      { class: 'member' },
      create('div', { class: 'line' }, content, this.#createActions(inner, path)),
      error !== undefined && create('p', { class: 'error', role: 'alert' }, error),
    );
  }

  #createFold(value: object, key: HTMLElement, path: Path): HTMLElement {
    const text = toText(path);
    const count = Object.keys(value).length;
    const isOpen = this.#folds.get(text) ?? (count <= SMALL && path.length < 4);
    const summary = create('summary', { 'data-id': `fold ${text}` }, key, createSize(value));
    const fold = create('details', { open: isOpen }, summary);
    if (isOpen) fold.append(this.#createList(value, path));
    fold.addEventListener('toggle', () => {
      this.#folds.set(text, fold.open);
      if (fold.open && fold.childElementCount === 1) fold.append(this.#createList(value, path));
    });
    return fold;
  }

  #createActions(inner: unknown, path: Path): HTMLElement {
    const label = toLabel(path);
    const button = (text: string, press: () => Promise<void> | void): HTMLButtonElement =>
      createButton(text, () => void this.#try(path, press), {
        'aria-label': `${text} ${label}`,
        'data-id': `${text} ${toText(path)}`,
      });
    const isMasked = this.#masks.has(path);
    const isRevealed = this.#masks.isRevealed(path);
    const hide = (): void => {
      this.#masks.hide(path);
      this.#draw();
    };
    return create(
      'div',
      { class: isMasked && !isRevealed ? 'member-actions is-shown' : 'member-actions' },
      isMasked && !isRevealed && button('Reveal', () => this.#reveal(path)),
      isMasked && isRevealed && button('Hide', hide),
      button('Edit', () => this.#edit(inner, path)),
      button('Remove', () => this.#remove(inner, path)),
    );
  }

  async #reveal(path: Path): Promise<void> {
    this.#masks.reveal(path, await this.#api.reveal(path));
    this.#draw();
    this.#focus('Hide', path);
  }

  /** A list or an object is changed as a whole, so all of it has to be seen. */
  async #edit(inner: unknown, path: Path): Promise<void> {
    const isUnseen = this.#masks.has(path) && this.#masks.covers(path);
    const isPartly = !isUnseen && this.#masks.covers(path);
    const value = isPartly ? await this.#api.reveal(path) : this.#masks.whole(path, inner);
    this.#form = new ValueForm(path, isUnseen ? undefined : { value }, {
      edit: this.#api.edit,
      now: () => this.#readNow(path),
      done: (isSaved) => this.#closeForm(path, isSaved),
    });
    this.#draw();
    this.#form.focus();
  }

  #closeForm(path: Path, isSaved: boolean): void {
    this.#form = undefined;
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
      if (this.#errors.delete(text)) this.#draw();
    } catch (error) {
      if (valueAt(this.#data, path) === undefined || data === undefined) return;
      this.#errors.set(text, toSentence(error));
      this.#draw();
    }
  }

  #focus(action: string, path: Path): void {
    const id = CSS.escape(`${action} ${toText(path)}`);
    this.element.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus();
  }
}

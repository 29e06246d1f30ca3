import { create, createButton } from '../../parts/element.ts';
import type { ValueForm } from './edit.ts';
import { isContainer, toLabel, toText, type Masks, type Path } from './paths.ts';
import { createMask, createSize, createValue } from './values.ts';

/** How many members of a value are shown at first, and how many more each time. */
const SHOWN = 100;

/** Values of up to so many members are open at first. */
const SMALL = 12;

type Act = Promise<void> | void;

/** What a person may do with a member. */
interface Acts {
  /** Does it, and tells of a failure beside the member. */
  try(path: Path, act: () => Act): Promise<void>;
  reveal(path: Path): Act;
  hide(path: Path): Act;
  edit(inner: unknown, path: Path): Act;
  remove(inner: unknown, path: Path): Act;
  draw(): void;
}

/** Draws the members of the data of a session as nested lists. */
export class Members {
  /** What has failed last, by the path. */
  readonly errors = new Map<string, string>();
  /** The form that stands in the place of a member. */
  form: ValueForm | undefined;
  readonly #masks: Masks;
  readonly #acts: Acts;
  readonly #folds = new Map<string, boolean>();
  readonly #counts = new Map<string, number>();

  constructor(masks: Masks, acts: Acts) {
    this.#masks = masks;
    this.#acts = acts;
  }

  /** Forgets what was open. */
  reset(): void {
    for (const map of [this.#folds, this.#counts, this.errors]) map.clear();
    this.form = undefined;
  }

  /** The members of a value, with what is open of them. */
  createList(value: object, path: Path): HTMLElement {
    const entries = Object.entries(value);
    const count = this.#counts.get(toText(path)) ?? SHOWN;
    const items = entries
      .slice(0, count)
      .map(([name, inner]) => this.#createMember(inner, [...path, name]));
    const more = (): void => {
      this.#counts.set(toText(path), count + SHOWN);
      this.#acts.draw();
    };
    const left = entries.length - count;
    const button = left > 0 && createButton(`Show more of ${left} others`, more);
    return create('ul', {}, items, button && create('li', {}, button));
  }

  #createMember(inner: unknown, path: Path): HTMLElement {
    if (this.form?.isOf(path)) return create('li', { class: 'member' }, this.form.element);
    const value = this.#masks.shown(path, inner);
    const isMasked = this.#masks.has(path) && !this.#masks.isRevealed(path);
    const key = create('span', { class: 'key' }, path.at(-1));
    const shown = isMasked ? createMask() : createValue(value);
    const content =
      isContainer(value) && Object.keys(value).length > 0
        ? this.#createFold(value, key, path)
        : create('div', { class: 'leaf' }, key, shown, this.#createEye(path));
    const error = this.errors.get(toText(path));
    return create(
      'li',
      { class: 'member' },
      create(
        'div',
        { class: 'line' },
        content,
        this.#createActions(inner, path, isContainer(value)),
      ),
      error !== undefined && create('p', { class: 'error', role: 'alert' }, error),
    );
  }

  #createFold(value: object, key: HTMLElement, path: Path): HTMLElement {
    const text = toText(path);
    const count = Object.keys(value).length;
    const isOpen = this.#folds.get(text) ?? (count <= SMALL && path.length < 4);
    const summary = create('summary', { 'data-id': `fold ${text}` }, key, createSize(value));
    const fold = create('details', { open: isOpen }, summary);
    if (isOpen) fold.append(this.createList(value, path));
    fold.addEventListener('toggle', () => {
      this.#folds.set(text, fold.open);
      if (fold.open && fold.childElementCount === 1) fold.append(this.createList(value, path));
    });
    return fold;
  }

  #createActions(inner: unknown, path: Path, isFold: boolean): HTMLElement {
    return create(
      'div',
      { class: 'member-actions' },
      isFold && this.#createEye(path),
      this.#createButton('Edit', path, () => this.#acts.edit(inner, path)),
      this.#createButton('Remove', path, () => this.#acts.remove(inner, path)),
    );
  }

  /** Shows what is masked, and masks it again. */
  #createEye(path: Path): HTMLElement | undefined {
    if (!this.#masks.has(path)) return undefined;
    if (!this.#masks.isRevealed(path)) {
      return this.#createButton('Reveal', path, () => this.#acts.reveal(path));
    }
    return this.#createButton('Hide', path, () => this.#acts.hide(path));
  }

  #createButton(text: string, path: Path, press: () => Promise<void> | void): HTMLElement {
    return createButton(text, () => void this.#acts.try(path, press), {
      'aria-label': `${text} ${toLabel(path)}`,
      'data-id': `${text} ${toText(path)}`,
    });
  }
}

import { create } from '../parts/element.ts';
import type { Pages } from './pages.ts';
import { RowView } from './rows.ts';

/** How many rows are drawn above and below what can be seen. */
const SPARE = 8;

/** How high a row is until one was drawn, in pixels. */
const GUESSED_HEIGHT = 37;

/**
 * The part of the rows that can be seen, between two empty bodies as high as all others. It does not
 * mind whether the page scrolls or the pane that it is in.
 */
export class RowWindow {
  readonly before = createSpace();
  readonly body = create('tbody', {});
  readonly after = createSpace();
  /** The row at which the arrow keys are. */
  active = 0;
  /** The key of the session that is open. */
  selected: string | undefined;
  readonly #pages: Pages;
  readonly #pane: HTMLElement;
  #views = new Map<string, RowView>();
  #height = GUESSED_HEIGHT;
  /** What is drawn. */
  #first = 0;

  /** @param pane what scrolls, unless the page does */
  constructor(pages: Pages, pane: HTMLElement) {
    this.#pages = pages;
    this.#pane = pane;
  }

  get #count(): number {
    return this.#pages.facts?.matching ?? 0;
  }

  /** How many rows can be seen at once. */
  get visible(): number {
    const [top, bottom] = this.#view();
    return Math.max(1, Math.floor((bottom - top) / this.#height));
  }

  /** The first row that can be seen, if one above it cannot be. */
  get anchor(): { key: string; index: number } | undefined {
    const [top] = this.#view();
    const index = Math.ceil((top - this.#top()) / this.#height);
    const key = index > 0 ? this.#pages.at(index)?.key : undefined;
    return key === undefined ? undefined : { key, index };
  }

  /** Draws what can be seen, and has what is missing of it read. */
  draw(): void {
    if (this.body.offsetParent === null) return; // it is hidden
    const [top, bottom] = this.#view();
    const from = Math.floor((top - this.#top()) / this.#height) - SPARE;
    const to = Math.ceil((bottom - this.#top()) / this.#height) + SPARE;
    const last = Math.min(this.#count, Math.max(to, 0));
    this.#first = Math.max(0, Math.min(from, last - 1));
    this.#fill(this.#first, last);
    setHeight(this.before, this.#first * this.#height);
    setHeight(this.after, (this.#count - last) * this.#height);
    this.#measure();
    if (this.#count > 0) this.#pages.want(this.#first, last - 1);
  }

  /** Scrolls no further than a row needs to be seen. */
  reveal(index: number): void {
    const [top, bottom] = this.#view();
    const at = this.#top() + index * this.#height;
    if (at < top) this.scrollBy(at - top);
    else if (at + this.#height > bottom) this.scrollBy(at + this.#height - bottom);
    this.draw();
  }

  /** Stays where it is although there are so many more rows above. */
  shift(rows: number): void {
    this.scrollBy(rows * this.#height);
  }

  scrollBy(distance: number): void {
    const isPane = getComputedStyle(this.#pane).overflowY !== 'visible';
    (isPane ? this.#pane : window).scrollBy({ top: distance, behavior: 'instant' });
  }

  /** The link of a row, when it is drawn and read. */
  linkAt(index: number): HTMLAnchorElement | undefined {
    const key = this.#pages.at(index)?.key;
    return key === undefined ? undefined : this.#views.get(key)?.link;
  }

  /** From where to where the rows can be seen, in pixels of the window. */
  #view(): [top: number, bottom: number] {
    const { top, bottom } = this.#pane.getBoundingClientRect();
    const isPane = getComputedStyle(this.#pane).overflowY !== 'visible';
    const head = this.before.parentElement?.querySelector('thead')?.offsetHeight ?? 0;
    return [
      (isPane ? Math.max(0, top) : 0) + head,
      Math.min(innerHeight, isPane ? bottom : Infinity),
    ];
  }

  /** Where the first of all rows is, in pixels of the window. */
  #top(): number {
    return (this.before.hidden ? this.body : this.before).getBoundingClientRect().top;
  }

  #fill(first: number, last: number): void {
    const views = new Map<string, RowView>();
    const isActiveDrawn = this.active >= first && this.active < last;
    const stop = isActiveDrawn ? this.active : first + Math.min(SPARE, last - first - 1);
    for (let index = first; index < last; index++) {
      const row = this.#pages.at(index);
      // While sessions come and go, one may stand on two pages.
      const isFirst = row !== undefined && !views.has(row.key);
      const key = isFirst ? row.key : `#${index}`;
      const view = this.#views.get(key) ?? new RowView();
      view.show(row, index, this.selected);
      view.link.tabIndex = index === stop ? 0 : -1;
      views.set(key, view);
    }
    for (const [key, { element }] of this.#views) if (!views.has(key)) element.remove();
    this.#views = views;
    let next = this.body.firstElementChild;
    for (const { element } of views.values()) {
      if (element === next) next = next.nextElementSibling;
      else this.body.insertBefore(element, next);
    }
  }

  #measure(): void {
    const height = this.body.firstElementChild?.getBoundingClientRect().height ?? 0;
    if (height === 0 || Math.abs(height - this.#height) < 0.1) return;
    this.#height = height;
    requestAnimationFrame(() => this.draw());
  }
}

function createSpace(): HTMLTableSectionElement {
  return create(
    'tbody',
    { class: 'space', 'aria-hidden': 'true' },
    create('tr', {}, create('td', {})),
  );
}

function setHeight(space: HTMLElement, height: number): void {
  space.hidden = height <= 0;
  const cell = space.querySelector('td');
  if (cell) cell.style.height = `${height}px`;
}

import { create, type Child } from './element.ts';

/** One of the panels of the page. */
export interface Panel {
  readonly element: HTMLElement;
  /** What the title of the document says. */
  readonly title: string;
  /** Shows itself, with what the address names within it. */
  show(inside: string | undefined): void;
  /** Reads anew what may have changed. Is called only while it is shown. */
  refresh(): void;
}

/** The heading of a panel, with what belongs beside it. */
export function createHead(title: string, ...beside: Child[]): HTMLElement {
  return create('div', { class: 'head' }, create('h1', {}, title), ...beside);
}

/** What a panel says that has nothing to show. */
export function createEmpty(title: string, ...children: Child[]): HTMLElement {
  return create('div', { class: 'empty' }, create('h2', {}, title), ...children);
}

/** A table that may be wider than its place: it scrolls by itself then, and not the page. */
export function createTable(
  caption: string,
  titles: string[],
  rows: HTMLTableRowElement[],
): HTMLElement {
  const head = create(
    'tr',
    {},
    titles.map((title) =>
      create('th', { scope: 'col', class: `column-${title.toLowerCase()}` }, title),
    ),
  );
  return create(
    'table',
    {},
    create('caption', { class: 'unseen' }, caption),
    create('thead', {}, head),
    create('tbody', {}, ...rows),
  );
}

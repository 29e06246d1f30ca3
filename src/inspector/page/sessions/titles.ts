import { create, createButton, setText } from '../parts/element.ts';
import type { Query } from './pages.ts';
import { COLUMNS } from './rows.ts';

/** By these the first press shows the latest or the largest first. */
const DESCENDING = new Set(['created', 'lastSeen', 'size']);

/** The same sessions sorted by a column, and the other way round when they are already. */
export function toSorted(query: Query, sort: string): Query {
  const isSame = query.sort === sort;
  const isDescending = isSame ? query.order === 'asc' : DESCENDING.has(sort);
  return { ...query, sort, order: isDescending ? 'desc' : 'asc' };
}

/** The titles of the columns, which sort by them, and that of the table. */
export class Titles {
  readonly caption = create('caption', { class: 'unseen' });
  readonly head: HTMLElement;
  readonly #cells: HTMLElement[];

  constructor(sort: (column: string) => void) {
    this.#cells = COLUMNS.map(({ name, title }) =>
      create(
        'th',
        { scope: 'col', class: `column-${name}` },
        createButton(title, () => sort(name)),
      ),
    );
    this.head = create('thead', {}, create('tr', { 'aria-rowindex': 1 }, this.#cells));
  }

  show({ sort, order }: Query): void {
    const word = order === 'asc' ? 'ascending' : 'descending';
    const title = COLUMNS.find(({ name }) => name === sort)?.title.toLowerCase() ?? '';
    setText(this.caption, `Sessions, sorted by ${title}, ${word}`);
    this.#cells.forEach((cell, index) => {
      cell.setAttribute('aria-sort', COLUMNS[index]?.name === sort ? word : 'none');
    });
  }
}

import type { SessionRow } from '../../answers.ts';
import { create, setText } from '../parts/element.ts';
import { createTime, setTime, toSize } from '../parts/text.ts';

/** The columns, in their order; the names are those that the API sorts by. */
export const COLUMNS = [
  { name: 'who', title: 'Who' },
  { name: 'id', title: 'Id' },
  { name: 'namespace', title: 'Namespace' },
  { name: 'created', title: 'Created' },
  { name: 'lastSeen', title: 'Last seen' },
  { name: 'expires', title: 'Expires in' },
  { name: 'size', title: 'Size' },
];

/** What stands for who it is, where nobody can be seen in it. */
export function toName({ who, isClient }: Pick<SessionRow, 'who' | 'isClient'>): string {
  return who ?? (isClient ? 'MCP client' : 'nobody yet');
}

/** One row of the table. It shows one session after the other, or that it is being read. */
export class RowView {
  readonly link = create('a', { class: 'who', tabindex: -1 });
  readonly #mark = create('span', { class: 'badge' }, 'MCP');
  readonly #under = create('span', { class: 'under' });
  readonly #id = create('code', {});
  readonly #namespace = create('span', {});
  readonly #created = createTime(null, 'ago') as HTMLTimeElement;
  readonly #lastSeen = createTime(null, 'ago') as HTMLTimeElement;
  readonly #expires = createTime(null, 'left') as HTMLTimeElement;
  readonly #size = create('span', {});
  readonly element = create(
    'tr',
    { on: { click: (event) => this.#press(event) } },
    create('td', { class: 'column-who' }, this.link, this.#mark, this.#under),
    create('td', { class: 'column-id' }, this.#id),
    create('td', { class: 'column-namespace' }, this.#namespace),
    create('td', { class: 'column-created' }, this.#created),
    create('td', { class: 'column-lastSeen' }, this.#lastSeen),
    create('td', { class: 'column-expires' }, this.#expires),
    create('td', { class: 'column-size' }, this.#size),
  );

  show(row: SessionRow | undefined, index: number, selected: string | undefined): void {
    this.element.setAttribute('aria-rowindex', String(index + 2)); // the first one has the titles
    this.element.classList.toggle('is-loading', row === undefined);
    this.element.classList.toggle('is-selected', row !== undefined && row.key === selected);
    if (row === undefined) return;
    const { key, who, id, namespace, created, lastSeen, expires, size, isClient } = row;
    this.link.href = `#/sessions/${encodeURIComponent(key)}`;
    this.link.dataset.key = key;
    this.link.classList.toggle('is-nobody', who === null);
    if (key === selected) this.link.setAttribute('aria-current', 'true');
    else this.link.removeAttribute('aria-current');
    setText(this.link, toName(row));
    this.#mark.hidden = !isClient || who === null;
    setText(this.#under, [id, namespace].filter(Boolean).join(' · '));
    setText(this.#id, id);
    setText(this.#namespace, namespace ?? '–');
    setText(this.#size, toSize(size));
    setTime(this.#created, created, 'ago');
    setTime(this.#lastSeen, lastSeen, 'ago');
    setTime(this.#expires, expires, 'left');
  }

  /** The whole row is as good as the link in it, unless text of it is marked. */
  #press(event: MouseEvent): void {
    const isLink = event.target instanceof Element && event.target.closest('a');
    if (!isLink && getSelection()?.isCollapsed !== false && this.link.href) this.link.click();
  }
}

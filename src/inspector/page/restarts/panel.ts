import type { Restart, Restarts } from '../../answers.ts';
import { announce } from '../parts/announce.ts';
import { create, setProperties } from '../parts/element.ts';
import { Notice } from '../parts/notice.ts';
import { createEmpty, createHead, type Panel } from '../parts/panel.ts';
import { Reader } from '../parts/reader.ts';
import { Split } from '../parts/split.ts';
import { RestartDetail } from './detail.ts';
import { createFigures, findLongest } from './figures.ts';
import { createLegend } from './phases.ts';
import { createRow, toFiles, toResult } from './row.ts';

/** The last restarts, newest first, with how long each part of them took. */
export class RestartsPanel implements Panel {
  readonly title = 'Restarts';
  readonly #split = new Split('#/restarts', 'Restart');
  readonly element = this.#split.element;
  readonly #notice = new Notice();
  readonly #figures = create('div', {});
  readonly #body = create('tbody', {});
  readonly #table = create(
    'table',
    { class: 'restarts' },
    create('caption', { class: 'unseen' }, 'Restarts, newest first'),
    create(
      'thead',
      {},
      create(
        'tr',
        {},
        ['Time', 'File', 'Parts', 'Took', 'Held over'].map((title) =>
          create(
            'th',
            { scope: 'col', class: `column-${title.split(' ', 1)[0]?.toLowerCase()}` },
            title,
          ),
        ),
      ),
    ),
    this.#body,
  );
  readonly #legend = createLegend();
  readonly #content = create(
    'div',
    { class: 'content', hidden: true },
    this.#figures,
    this.#legend,
    this.#table,
  );
  readonly #empty = create('div', {});
  readonly #detail = new RestartDetail(this.#split);
  readonly #reader = new Reader<Restarts>(this.#notice, ({ restarts }) => this.#show(restarts));
  #rows = new Map<string, HTMLTableRowElement>();
  #restarts: Restart[] | undefined;
  #open: number | undefined;

  constructor() {
    const { list } = this.#split;
    list.append(createHead('Restarts'), this.#notice.element, this.#content, this.#empty);
  }

  show(inside: string | undefined): void {
    this.#open = inside === undefined ? undefined : Number(inside);
    if (this.#open === undefined) this.#split.close();
    else this.#split.open();
    this.#detail.open(this.#open, this.#restarts);
    this.#mark();
  }

  refresh(): void {
    void this.#reader.read('restarts?since=0');
  }

  #show(restarts: Restart[]): void {
    const known = this.#restarts?.at(-1);
    this.#restarts = restarts;
    const isEmpty = restarts.length === 0;
    this.#content.hidden = isEmpty;
    this.#empty.replaceChildren(...(isEmpty ? [createWelcome()] : []));
    this.#legend.hidden = restarts.every(({ phases }) => phases.length === 0);
    this.#figures.replaceChildren(createFigures(restarts));
    setProperties(this.#table, { '--longest': findLongest(restarts) });
    this.#draw(restarts, known !== undefined);
    this.#detail.open(this.#open, restarts);
    this.#mark();
    const last = restarts.at(-1);
    if (last && known && last.at > known.at) announce(`${toFiles(last)}: ${toResult(last)}.`);
  }

  /** What is there already stays: so do the focus and what can be seen. */
  #draw(restarts: Restart[], isLater: boolean): void {
    const rows = new Map<string, HTMLTableRowElement>();
    for (const restart of restarts) {
      const key = `${restart.number} ${restart.at} ${restart.kind} ${restart.duration}`;
      const known = this.#rows.get(key);
      const row = known ?? createRow(restart);
      rows.set(key, row);
      if (known) continue;
      row.classList.toggle('is-new', isLater);
      this.#body.prepend(row);
    }
    for (const [key, row] of this.#rows) if (!rows.has(key)) row.remove();
    this.#rows = rows;
  }

  #mark(): void {
    for (const row of this.#rows.values()) {
      const isOpen = row.dataset.number === String(this.#open);
      row.classList.toggle('is-selected', isOpen);
      const link = row.querySelector('a');
      if (isOpen) link?.setAttribute('aria-current', 'true');
      else link?.removeAttribute('aria-current');
    }
  }
}

function createWelcome(): HTMLElement {
  return createEmpty(
    'No restart yet',
    create(
      'p',
      {},
      'Save a file of the app while it runs, and the restart appears here by itself.',
    ),
  );
}

import type { KeptState } from '../answers.ts';
import { create, redraw, type Child } from './parts/element.ts';
import { Notice } from './parts/notice.ts';
import { createEmpty, createHead, createTable, type Panel } from './parts/panel.ts';
import { Reader } from './parts/reader.ts';
import { createTime, toSize } from './parts/text.ts';

/** What is kept of the memory of the app. */
export class StatePanel implements Panel {
  readonly title = 'State';
  readonly #notice = new Notice();
  readonly #body = create('div', {});
  readonly element = create(
    'div',
    { class: 'panel' },
    createHead('State that is kept'),
    this.#notice.element,
    this.#body,
  );
  readonly #reader = new Reader<KeptState>(this.#notice, (answer) =>
    redraw(this.#body, ...describe(answer)),
  );

  show(): void {}

  refresh(): void {
    void this.#reader.read('state');
  }
}

const TITLES = ['Key', 'Type', 'Holds', 'Size', 'Written', 'App'];

function describe({ values, faults }: KeptState): Child[] {
  const notices = faults.map(({ app, reason }) =>
    create(
      'div',
      { class: 'notice is-bad' },
      create('span', { class: 'sign', 'aria-hidden': 'true' }, '!'),
      create('p', {}, `The last snapshot of ${app} cannot be read: ${reason}`),
    ),
  );
  if (values.length > 0) {
    return [...notices, createTable('State that is kept', TITLES, values.map(createRow))];
  }
  return faults.length > 0 ? notices : [createWelcome()];
}

function createRow({
  key,
  type,
  holds,
  size,
  at,
  app,
}: KeptState['values'][number]): HTMLTableRowElement {
  const [file, name] = key.split('#');
  const code = create('code', {}, name === undefined ? key : name);
  const cells: Child[] = [
    [code, name !== undefined && create('span', { class: 'under' }, file)],
    type,
    holds || '–',
    toSize(size),
    createTime(at, 'ago'),
    app,
  ];
  const label = (index: number): string => TITLES[index] ?? '';
  return create(
    'tr',
    {},
    cells.map((cell, index) =>
      create('td', { class: `column-${label(index).toLowerCase()}` }, cell),
    ),
  );
}

function createWelcome(): HTMLElement {
  return createEmpty(
    'Nothing is kept of the memory of the app',
    create(
      'p',
      {},
      'Does the app keep data in a Map, an array or a store in memory? Name what holds it in ',
      create('code', {}, '"holdover": { "keep": ["src/store.ts"] }'),
      ' of package.json, and it outlives restarts.',
    ),
  );
}

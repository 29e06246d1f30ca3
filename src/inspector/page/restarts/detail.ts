import type { Crash, Restart } from '../../answers.ts';
import { create, redraw, setText, type Child } from '../parts/element.ts';
import { Notice } from '../parts/notice.ts';
import { Reader } from '../parts/reader.ts';
import type { Split } from '../parts/split.ts';
import { createTime, toDuration } from '../parts/text.ts';
import { createCrash } from './crash.ts';
import { createBar, PHASES } from './phases.ts';
import { toFiles, toHeld, toResult } from './row.ts';

/** One restart: what caused it, its parts in numbers, and its crash. */
export class RestartDetail {
  readonly #title = create('h2', { tabindex: -1 });
  readonly #notice = new Notice();
  readonly #facts = create('div', {});
  readonly #crash = create('div', {});
  readonly #reader = new Reader<Crash>(this.#notice, (crash) =>
    redraw(this.#crash, ...createCrash(crash)),
  );
  /** What is shown. */
  #shown: string | undefined;
  #number: number | undefined;

  constructor(split: Split) {
    const head = create('div', { class: 'head' }, this.#title, split.createClose());
    split.detail.append(head, this.#notice.element, this.#crash, this.#facts);
  }

  /** @param number `undefined` for none */
  open(number: number | undefined, restarts: Restart[] | undefined): void {
    const isOther = number !== this.#number;
    this.#number = number;
    if (number === undefined) return this.#reset();
    if (isOther) {
      this.#reset();
      setText(this.#title, `Restart ${number}`);
      this.#title.focus({ preventScroll: true });
    }
    if (!restarts) return; // they come
    const restart = restarts.find((one) => one.number === number);
    const text = JSON.stringify(restart);
    if (text === this.#shown && text !== undefined) return;
    this.#shown = text;
    if (restart) this.#show(restart);
    else redraw(this.#facts, create('p', {}, 'Nothing is known of that restart any more.'));
  }

  #reset(): void {
    this.#reader.stop();
    this.#shown = undefined;
    this.#notice.clear();
    this.#crash.replaceChildren();
    this.#facts.replaceChildren();
  }

  #show(restart: Restart): void {
    setText(this.#title, restart.crash ?? toFiles(restart));
    redraw(this.#facts, ...createFacts(restart));
    if (restart.kind === 'crash') void this.#reader.read(`restarts/${restart.number}/crash`);
  }
}

function createFacts(restart: Restart): Child[] {
  const { at, kind, paths, reason, phases } = restart;
  const facts: [string, Child][] = [
    ['When', createTime(at, 'clock')],
    ['What', kind === 'crash' ? null : toResult(restart)],
    ['Held over', toHeld(restart) || null],
    ['Reason', reason],
  ];
  const shown = facts.filter(([, value]) => value !== null);
  return [
    create(
      'dl',
      { class: 'facts' },
      shown.map(([name, value]) =>
        create('div', {}, create('dt', {}, name), create('dd', {}, value)),
      ),
    ),
    phases.length > 0 && [create('h3', {}, 'Parts'), createBar(restart), createPhases(restart)],
    paths.length > 0 &&
      kind !== 'crash' && [
        create('h3', {}, 'Files'),
        create(
          'ul',
          { class: 'files' },
          paths.map((path) => create('li', {}, path)),
        ),
      ],
  ];
}

function createPhases({ phases }: Restart): HTMLElement {
  return create(
    'table',
    { class: 'phases' },
    create('caption', { class: 'unseen' }, 'The parts of this restart'),
    create(
      'thead',
      { class: 'unseen' },
      create('tr', {}, ['Part', 'Took', 'Meaning'].map(toTitle)),
    ),
    create(
      'tbody',
      {},
      phases.map(([name, span]) =>
        create(
          'tr',
          {},
          create(
            'th',
            { scope: 'row' },
            create('span', { class: `swatch is-${name}`, 'aria-hidden': 'true' }),
            name,
          ),
          create('td', { class: 'number' }, toDuration(span)),
          create('td', { class: 'dim' }, PHASES[name] ?? ''),
        ),
      ),
    ),
  );
}

function toTitle(title: string): HTMLElement {
  return create('th', { scope: 'col' }, title);
}

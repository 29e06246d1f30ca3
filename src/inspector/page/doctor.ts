import type { Checks } from '../answers.ts';
import { announce } from './parts/announce.ts';
import { create, createButton, createUnseen, redraw, setText } from './parts/element.ts';
import { Notice } from './parts/notice.ts';
import { createHead, type Panel } from './parts/panel.ts';
import { Reader } from './parts/reader.ts';
import { toClock, toCount } from './parts/text.ts';

type Check = Checks['checks'][number];

/** How a state is named, and its sign: colour is not the only one. */
const STATES = {
  good: { sign: '✓', name: 'good' },
  doubtful: { sign: '!', name: 'Doubtful' },
  broken: { sign: '✕', name: 'Broken' },
};

/** What a person would check who is logged out. */
export class DoctorPanel implements Panel {
  readonly title = 'Doctor';
  readonly #notice = new Notice();
  readonly #result = create('p', { class: 'counted' });
  readonly #again = createButton('Look again', () => this.refresh());
  readonly #list = create('ul', { class: 'checks' });
  readonly element = create(
    'div',
    { class: 'panel' },
    createHead('Doctor', this.#result, this.#again),
    this.#notice.element,
    this.#list,
  );
  readonly #reader = new Reader<Checks>(this.#notice, ({ checks }) => this.#show(checks));

  show(): void {}

  refresh(): void {
    setText(this.#result, 'Looking…');
    this.#again.setAttribute('aria-busy', 'true');
    void this.#reader.read('doctor').then((error) => {
      this.#again.removeAttribute('aria-busy');
      if (error) setText(this.#result, '');
    });
  }

  #show(checks: Check[]): void {
    const bad = checks.filter(({ state }) => state !== 'good').length;
    const found =
      bad === 0 ? 'Nothing is wrong' : toCount(bad, 'thing to look at', 'things to look at');
    setText(this.#result, `${found}, ${toClock(Date.now())}`);
    announce(found);
    redraw(this.#list, checks.map(createCheck));
  }
}

function createCheck({ name, state, found, advice }: Check): HTMLElement {
  const { sign, name: word } = STATES[state];
  return create(
    'li',
    { class: `check is-${state}` },
    create('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    create(
      'h2',
      {},
      name,
      state === 'good' ? createUnseen(`, ${word}`) : create('span', { class: 'badge' }, word),
    ),
    create('p', {}, found),
    advice && create('p', { class: 'advice' }, advice),
  );
}

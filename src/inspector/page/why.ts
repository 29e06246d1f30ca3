import type { Misses } from '../answers.ts';
import { announce } from './parts/announce.ts';
import { create, redraw } from './parts/element.ts';
import { Notice } from './parts/notice.ts';
import { createEmpty, createHead, type Panel } from './parts/panel.ts';
import { Reader } from './parts/reader.ts';
import { createTime } from './parts/text.ts';

type Miss = Misses['misses'][number];

/** Why somebody was logged out: the last requests whose session was not there. */
export class WhyPanel implements Panel {
  readonly title = 'Why';
  readonly #notice = new Notice();
  readonly #list = create('div', {});
  readonly element = create(
    'div',
    { class: 'panel' },
    createHead('Why was I logged out?'),
    this.#notice.element,
    this.#list,
  );
  readonly #reader = new Reader<Misses>(this.#notice, ({ misses }) => this.#show(misses));
  #latest: number | undefined;

  show(): void {}

  refresh(): void {
    void this.#reader.read('misses');
  }

  #show(misses: Miss[]): void {
    const [latest] = misses;
    if (latest && this.#latest !== undefined && latest.at > this.#latest) announce(latest.sentence);
    this.#latest = latest?.at ?? 0;
    redraw(
      this.#list,
      misses.length === 0
        ? createWelcome()
        : create('ol', { class: 'misses' }, misses.map(createMiss)),
    );
  }
}

function createMiss({ at, cause, sentence }: Miss): HTMLElement {
  return create(
    'li',
    {},
    createTime(at, 'clock'),
    create('span', { class: 'badge' }, cause),
    create('p', {}, sentence),
  );
}

function createWelcome(): HTMLElement {
  return createEmpty(
    'Nobody was logged out',
    create(
      'p',
      {},
      'When a request asks for a session that is not there, the reason appears here.',
    ),
  );
}

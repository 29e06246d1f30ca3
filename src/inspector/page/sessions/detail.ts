import type { Opened } from '../../answers.ts';
import { ApiError, get, post } from '../calls/client.ts';
import { create, redraw, setText } from '../parts/element.ts';
import { Notice } from '../parts/notice.ts';
import type { Split } from '../parts/split.ts';
import { createTime, toSize } from '../parts/text.ts';
import { SessionActions } from './actions.ts';
import { DataTree } from './data/tree.ts';
import { toName } from './rows.ts';

/** One session: its facts, its data, its history, and what can be done with it. */
export class SessionDetail {
  readonly #split: Split;
  readonly #notice = new Notice();
  readonly #title = create('h2', { tabindex: -1 });
  readonly #facts = create('dl', { class: 'facts' });
  readonly #history = create('ol', { class: 'history' });
  readonly #body: HTMLElement;
  readonly #actions: SessionActions;
  readonly #tree = new DataTree({
    reveal: async (path) => (await this.#post<{ value: unknown }>('reveal', { path })).value,
    edit: async (path, value, was) => void (await this.#post('edit', { path, value, was })),
    read: () => this.refresh(),
  });
  #key: string | undefined;
  #controller = new AbortController();

  constructor(split: Split, ended: (sentence: string) => void) {
    this.#split = split;
    this.#actions = new SessionActions((what) => this.#post(what), ended);
    this.#body = create(
      'div',
      { hidden: true },
      this.#actions.element,
      this.#facts,
      create('h3', {}, 'Data'),
      this.#tree.element,
      create('h3', {}, 'History'),
      this.#history,
    );
    const head = create('div', { class: 'head' }, this.#title, split.createClose());
    split.detail.append(head, this.#notice.element, this.#body);
  }

  open(key: string): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#body.hidden = true;
    this.#notice.clear();
    setText(this.#title, 'Session');
    this.#tree.reset();
    this.#actions.reset();
    this.#title.focus({ preventScroll: true });
    this.refresh();
  }

  close(): void {
    this.#key = undefined;
    this.#controller.abort();
    this.#tree.reset();
  }

  /** Reads it anew, when one is open. */
  refresh(): void {
    if (this.#key !== undefined) void this.#read(this.#key);
  }

  async #read(key: string): Promise<void> {
    this.#controller.abort();
    const { signal } = (this.#controller = new AbortController());
    try {
      const session = await get<Opened>(`sessions/${encodeURIComponent(key)}`, signal);
      if (!signal.aborted) this.#show(session);
    } catch (error) {
      if (signal.aborted) return;
      const isGone = error instanceof ApiError && error.status === 404;
      if (isGone) this.#showGone();
      else this.#notice.fail(error, () => this.refresh());
    }
  }

  #show(session: Opened): void {
    this.#notice.clear();
    this.#body.hidden = false;
    setText(this.#title, toName(session));
    this.#actions.show(session);
    redraw(this.#facts, ...toFacts(session));
    this.#tree.show(session.data, session.masked);
    const events = [...session.events].sort((one, other) => other.at - one.at);
    redraw(this.#history, ...events.map(toEvent), events.length === 0 && toNoEvent());
  }

  /** Whoever looked at it hears why; what was read of it is not shown any more. */
  #showGone(): void {
    const hadFocus = this.#body.contains(document.activeElement);
    this.#body.hidden = true;
    this.#notice.tell(
      'This session is not there any more. ',
      create('a', { href: '#/why' }, 'Why'),
      ' says what has become of it, once a request has asked for it.',
    );
    if (hadFocus) this.#title.focus({ preventScroll: true });
  }

  #post<Answer>(what: string, body: object = {}): Promise<Answer> {
    return post(`sessions/${encodeURIComponent(this.#key ?? '')}/${what}`, body);
  }
}

function toFacts({ id, namespace, created, lastSeen, expires, size, place }: Opened) {
  const facts: [string, HTMLElement | string][] = [
    ['Id', create('code', {}, id)],
    ['Created', createTime(created, 'ago')],
    ['Last seen', createTime(lastSeen, 'ago')],
    ['Expires in', createTime(expires, 'left')],
    ['Size', toSize(size)],
    ['Namespace', namespace ?? '–'],
    ['Place', place],
  ];
  return facts.map(([name, value]) =>
    create('div', {}, create('dt', {}, name), create('dd', {}, value)),
  );
}

function toEvent({ at, sentence }: Opened['events'][number]): HTMLElement {
  return create('li', {}, createTime(at, 'clock'), create('span', {}, sentence));
}

function toNoEvent(): HTMLElement {
  return create('li', { class: 'dim' }, 'Nothing was written down of it.');
}

import type { ServerResponse } from 'node:http';
import type { EventName } from './answers.ts';
import { HEADERS } from './respond.ts';

/** How long after a look the next one is, while somebody listens, in milliseconds. */
const BETWEEN_LOOKS = 1000;

/** How often a stream is kept from looking dead, in milliseconds. */
const BETWEEN_COMMENTS = 15_000;

/** How long news of one kind is gathered, in milliseconds. */
const GATHERING = 200;

/** What tells whether there is news: the same text as before, or another one. */
export type Mark = () => Promise<unknown>;

/**
 * Tells those who listen of news, in streams of server-sent events: `event: restarts` and their like. A stream
 * begins with all of them, as who listens anew has missed some. It looks only while somebody listens.
 */
export class Events {
  readonly #marks: [name: EventName, mark: Mark][];
  readonly #listen: (hear: () => void) => () => void;
  readonly #known = new Map<EventName, string>();
  readonly #streams = new Set<ServerResponse>();
  readonly #gathering = new Map<EventName, NodeJS.Timeout>();
  #timers: NodeJS.Timeout[] = [];
  #stopListening: (() => void) | undefined;

  /**
   * @param marks what is looked at, by what it is news of
   * @param listen hears of news of sessions by itself; what it returns ends that
   */
  constructor(marks: Partial<Record<EventName, Mark>>, listen: (hear: () => void) => () => void) {
    this.#marks = Object.entries(marks) as [EventName, Mark][];
    this.#listen = listen;
  }

  /** Keeps an answer, until either side ends it. */
  async open(response: ServerResponse): Promise<void> {
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
    response.write(':\n\n');
    this.#streams.add(response);
    response.once('close', () => this.#leave(response));
    if (this.#streams.size === 1) this.#begin();
    await this.#look();
    for (const name of NAMES) write(response, toEvent(name));
  }

  close(): void {
    for (const response of this.#streams) response.end();
    this.#streams.clear();
    this.#end();
  }

  #begin(): void {
    this.#stopListening = this.#listen(() => this.#tellSoon('sessions'));
    const comment = setInterval(() => this.#send(':\n\n'), BETWEEN_COMMENTS).unref();
    const look = setTimeout(async () => {
      await this.#look();
      if (this.#timers.includes(look)) look.refresh();
    }, BETWEEN_LOOKS).unref();
    this.#timers = [comment, look];
  }

  #leave(response: ServerResponse): void {
    this.#streams.delete(response);
    if (this.#streams.size === 0) this.#end();
  }

  #end(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    for (const timer of [...this.#timers, ...this.#gathering.values()]) clearTimeout(timer);
    this.#timers = [];
    this.#gathering.clear();
    this.#known.clear();
  }

  /** Tells what is another than it was; what cannot be looked at is no news. */
  async #look(): Promise<void> {
    const looks = this.#marks.map(async ([name, toMark]) => {
      const before = this.#known.get(name);
      const mark = await toMark().then(JSON.stringify, () => before);
      if (mark === undefined || mark === this.#known.get(name)) return;
      this.#known.set(name, mark);
      if (before !== undefined) this.#tellSoon(name);
    });
    await Promise.all(looks);
  }

  #tellSoon(name: EventName): void {
    if (this.#gathering.has(name)) return;
    const tell = (): void => {
      this.#gathering.delete(name);
      this.#send(toEvent(name));
    };
    this.#gathering.set(name, setTimeout(tell, GATHERING).unref());
  }

  #send(text: string): void {
    for (const response of this.#streams) write(response, text);
  }
}

const NAMES: readonly EventName[] = ['sessions', 'restarts', 'misses', 'state'];

function toEvent(name: EventName): string {
  return `event: ${name}\ndata: {}\n\n`;
}

function write(response: ServerResponse, text: string): void {
  if (!response.destroyed) response.write(text);
}

import type { Rows, SessionRow } from '../../answers.ts';
import { get } from '../calls/client.ts';

/** Which sessions are shown, and in which order. */
export interface Query {
  filter: string;
  sort: string;
  order: 'asc' | 'desc';
}

/** Who hears of what was read. */
interface Listener {
  /** @param isNew whether these are the first answers to another query */
  read(isNew: boolean): void;
  failed(error: unknown): void;
}

/** How many rows are read at once, and how many such pages are kept. */
const COUNT = 100;
const KEPT = 30;

/**
 * The rows that are on the screen and those about them, of as many as there are. One request is under
 * way at a time, and the next one is for what is on the screen by then.
 */
export class Pages {
  /** What the last answer says of all of them. */
  facts: Omit<Rows, 'rows'> | undefined;
  readonly #listener: Listener;
  #query: Query;
  /** The query whose rows are kept. */
  #answered: Query | undefined;
  #pages = new Map<number, { rows: SessionRow[]; round: number }>();
  /** Rows of earlier rounds are shown until they are read again. */
  #round = 0;
  #range: [first: number, last: number] = [0, 0];
  #controller = new AbortController();
  #isReading = false;

  constructor(query: Query, listener: Listener) {
    this.#query = query;
    this.#listener = listener;
  }

  get query(): Query {
    return this.#query;
  }

  /** Shows others. What was asked for before is of no interest any more. */
  setQuery(query: Query): void {
    this.#query = query;
    this.#controller.abort();
    this.refresh();
  }

  /** Reads again what is on the screen. */
  refresh(): void {
    this.#round++;
    void this.#read();
  }

  /** Reads what is on the screen and is not there yet. */
  want(first: number, last: number): void {
    this.#range = [first, last];
    void this.#read();
  }

  at(index: number): SessionRow | undefined {
    return this.#pages.get(Math.floor(index / COUNT))?.rows[index % COUNT];
  }

  /** Where a session stands now, if that is known. */
  indexOf(key: string): number | undefined {
    for (const [page, { rows }] of this.#pages) {
      const index = rows.findIndex((row) => row.key === key);
      if (index !== -1) return page * COUNT + index;
    }
    return undefined;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let page = this.#next(); page !== undefined; page = this.#next()) {
        await this.#readPage(page);
      }
    } catch (error) {
      this.#listener.failed(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** The next page that is on the screen and has not been read in this round. */
  #next(): number | undefined {
    const isNew = this.#answered !== this.#query;
    const last = isNew ? 0 : Math.max(0, (this.facts?.matching ?? 0) - 1);
    const [from, to] = this.#range.map((index) => Math.floor(Math.min(index, last) / COUNT));
    for (let page = from ?? 0; page <= (to ?? 0); page++) {
      if (isNew || this.#pages.get(page)?.round !== this.#round) return page;
    }
    return undefined;
  }

  async #readPage(page: number): Promise<void> {
    const query = this.#query;
    const round = this.#round;
    const { signal } = (this.#controller = new AbortController());
    const words = new URLSearchParams({
      ...query,
      from: String(page * COUNT),
      count: String(COUNT),
    });
    const answer = await get<Rows>(`sessions?${words}`, signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (!answer || query !== this.#query) return;
    const isNew = this.#answered !== query;
    if (isNew) this.#pages.clear();
    this.#answered = query;
    const { rows, ...facts } = answer;
    this.facts = facts;
    this.#pages.delete(page);
    this.#pages.set(page, { rows, round });
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > KEPT && oldest !== undefined) this.#pages.delete(oldest);
    this.#listener.read(isNew);
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { toShownPath, type Restarts } from '../asking/restarts.ts';

/** Files that are saved together come within this time, in milliseconds. */
const TOGETHER = 100;

/** A request that is for an update comes within this time, in milliseconds; it is answered in the second one. */
const ASKED_WITHIN = 2000;
const ANSWERED_WITHIN = 10_000;

/** What browsers say of requests that no code of a server answers, in `Sec-Fetch-Dest`. */
const FILES = new Set(['script', 'style', 'image', 'font', 'audio', 'video', 'track', 'manifest']);

/** An update of which nothing is told yet. */
interface Pending {
  at: number;
  /** When the last file of it was saved. */
  last: number;
  paths: Set<string>;
  values: number;
  isAsked: boolean;
  timer: NodeJS.Timeout;
}

/**
 * Remembers when Vite has let go of modules of server code, and how long it took until the first request after
 * that was answered. One that nobody asks for is told after two seconds.
 */
export class Updates {
  readonly #restarts: Restarts;
  #pending: Pending | undefined;

  constructor(restarts: Restarts) {
    this.#restarts = restarts;
  }

  /**
   * Modules of server code are evaluated anew.
   *
   * @param at when the file was saved, in milliseconds since the epoch
   */
  add(file: string, at: number): void {
    const isTogether = this.#pending && at - this.#pending.last <= TOGETHER;
    if (!isTogether) this.end();
    this.#pending ??= {
      at,
      last: at,
      paths: new Set(),
      values: 0,
      isAsked: false,
      timer: this.#endAfter(ASKED_WITHIN),
    };
    this.#pending.last = at;
    this.#pending.paths.add(file);
  }

  /** Values were put back into the memory of the app. */
  addValues(count: number): void {
    if (this.#pending) this.#pending.values += count;
  }

  /** Looks at a request, when it is the first after an update: what the app sees is as without it. */
  hear({ headers }: IncomingMessage, response: ServerResponse): void {
    const pending = this.#pending;
    if (!pending || pending.isAsked || FILES.has(String(headers['sec-fetch-dest']))) return;
    pending.isAsked = true;
    clearTimeout(pending.timer);
    pending.timer = this.#endAfter(ANSWERED_WITHIN);
    response.once('finish', () => {
      if (this.#pending === pending) this.end(Date.now() - pending.at);
    });
  }

  /** Tells of the update that is not told yet. */
  end(duration: number | null = null): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = undefined;
    clearTimeout(pending.timer);
    const { at, paths, values } = pending;
    this.#restarts.add({
      at,
      paths: [...paths].map(toShownPath),
      reason: null,
      kind: 'update',
      phases: [],
      duration,
      requests: 0,
      sessions: null,
      values,
      clients: 0,
    });
  }

  #endAfter(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.end(), milliseconds).unref();
  }
}

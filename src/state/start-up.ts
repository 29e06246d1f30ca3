import { performance } from 'node:perf_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { startTimer, stopTimer } from '../session/timers.ts';

/** How long late seeds are waited for where no request comes, in milliseconds. */
const LONGEST = 3000;

/** The part of its time that the event loop of an app is busy which is about to start. */
const BUSY = 0.5;

/** How far the app has come with its start. */
export class StartUp {
  readonly #hasServer: () => boolean;
  readonly #longest: number;
  #lastSign = performance.now();
  #lastLoad = performance.eventLoopUtilization();
  #hasListened = false;

  constructor({ hasServer, startup = LONGEST }: { hasServer: () => boolean; startup?: number }) {
    this.#hasServer = hasServer;
    this.#longest = startup;
  }

  /** A module was loaded. */
  goOn(): void {
    this.#lastSign = performance.now();
  }

  /** Whether nobody has asked for so long that it does not matter any more what is put back. */
  isOver(): boolean {
    const load = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(load, this.#lastLoad);
    this.#lastLoad = load;
    const isAsked = this.#hasServer();
    // An app that is still busy may listen later.
    if (isAsked ? !this.#hasListened : utilization > BUSY) this.goOn();
    this.#hasListened = isAsked;
    return performance.now() - this.#lastSign >= this.#longest;
  }
}

/** Node publishes here before the app's own listeners hear of a request. Stable since Node 18. */
const REQUEST = 'http.server.request.start';
/** And here when a connection has come, before anything of it is read. */
const CONNECTION = 'net.server.socket';

/** What Node calls connections and terminals. */
const IN_TOUCH = new Set(['TCPSocketWrap', 'TLSWrap', 'PipeWrap', 'TTYWrap', 'UDPWrap']);

/** How often it is looked whether a server listens, in milliseconds, and for how long. */
const LOOK = 100;
const LONGEST_LOOK = 10_000;

/** What is said on it. */
interface Connection {
  socket: { server?: EventEmitter | null };
}

/**
 * The moment before the app answers for the first time: its first request over HTTP; of a server for
 * something else (WebSockets, HTTP/2, TCP) its first connection. Nothing is hooked after it.
 */
export class FirstRequest {
  readonly #listener: () => void;
  #hasServer = false;
  #looked = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param listener is called once. Not for what was there before */
  constructor(listener: () => void) {
    this.#listener = listener;
    subscribe(REQUEST, this.#onRequest);
    subscribe(CONNECTION, this.#onConnection);
    this.#look();
  }

  /**
   * Whether a server has listened until now, so that nobody has been told anything before the first request.
   * A bot, or an MCP server over stdio, is in touch with others without one.
   */
  hasServer(): boolean {
    this.#hasServer ||= process
      .getActiveResourcesInfo()
      .some((name) => name === 'TCPServerWrap' || name === 'PipeServerWrap');
    return this.#hasServer;
  }

  /** Whether a connection to elsewhere, or stdin, is open now: by it others may have been told something. */
  isInTouch(): boolean {
    return process.getActiveResourcesInfo().some((name) => IN_TOUCH.has(name));
  }

  stop(): void {
    unsubscribe(REQUEST, this.#onRequest);
    unsubscribe(CONNECTION, this.#onConnection);
    stopTimer(this.#timer);
  }

  /** A server may have been closed when it is asked at the end. */
  #look(): void {
    if (this.hasServer() || this.#looked >= LONGEST_LOOK) return;
    this.#looked += LOOK;
    this.#timer = startTimer(() => this.#look(), LOOK).unref();
  }

  readonly #onRequest = (): void => {
    this.#hasServer = true;
    this.stop();
    this.#listener();
  };

  readonly #onConnection = (message: unknown): void => {
    const { server } = (message as Connection).socket;
    const counts = ['request', 'upgrade', 'stream'].map((name) => server?.listenerCount(name) ?? 0);
    // Its request comes, and is heard of.
    const isPlainHttp = counts[0] !== 0 && counts[1] === 0 && counts[2] === 0;
    if (!isPlainHttp) this.#onRequest();
  };
}

import { andThen, type Eventually } from '../session/eventually.ts';
import { Recent } from '../session/recent.ts';
import type { Head, Replayed } from './exchange.ts';
import { setRequestHeader } from './headers.ts';
import { holdWrites } from './hold-writes.ts';
import type { Arrival, Carrier } from './hook/arrival.ts';
import type { Body } from './hook/body.ts';
import { SESSION } from './hook/recognise.ts';
import { HttpExchange } from './http-exchange.ts';
import { answerRestarted } from './in-flight/in-flight.ts';
import { afterMessage } from './messages/handshake.ts';
import { isRequest } from './messages/json-rpc.ts';
import { endOpenStream, endOpenStreams } from './open-streams.ts';
import { PARTS } from './parts.ts';
import { replay } from './replay.ts';
import { watchResponse } from './response.ts';
import { McpSessions, type Opening } from './sessions.ts';

/** How long a request waits for its session, and then for its own body, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** How many sessions a process knows: those that were used last. */
const SESSIONS = 10_000;

/** Methods of requests in a session. */
const METHODS = new Set(['GET', 'POST', 'DELETE']);

/** A session of which the app of this process knows. */
interface Known {
  /** Without the query. */
  path: string;
  /** Where another process has begun it. */
  replayed: Replayed | undefined;
  /** The credentials with which the client has begun the session. */
  owner: string;
  /** The credentials with which this process has heard `initialize`: another user's, or a newer token. */
  user: string;
}

/** A replay that is under way. */
interface Running {
  user: string;
  made: Promise<Known | undefined>;
}

/** Carries requests of MCP to the app, with the session that it knows, and their responses to the client. */
export function createCarrier(opening: Opening): Carrier {
  return new McpCarrier(new McpSessions(opening));
}

class McpCarrier implements Carrier {
  readonly #sessions: McpSessions;
  /** By the id that the client has. */
  readonly #known = new Recent<Known>(SESSIONS);
  readonly #replays = new Map<string, Running>();
  /** How often the app's code was evaluated anew. */
  #evaluations = 0;

  constructor(sessions: McpSessions) {
    this.#sessions = sessions;
  }

  begin(arrival: Arrival): Eventually<boolean> {
    const exchange = new HttpExchange(arrival);
    for (const part of PARTS) part.onStart?.(exchange);
    arrival.response.once('close', () => {
      for (const part of PARTS) part.onClose?.(exchange);
    });
    return andThen(this.#find(exchange), (known) => this.#show(exchange, known));
  }

  forget(): void {
    this.#evaluations++;
    this.#known.clear();
    this.#replays.clear();
    endOpenStreams();
  }

  /** @returns undefined when neither this process nor the store knows it, or its path is another */
  #find(exchange: HttpExchange): Eventually<Known | undefined> {
    const { sessionId: id, path, request, user } = exchange;
    if (id === undefined || !METHODS.has(request.method ?? '')) return undefined;
    const known = this.#knownTo(id, user);
    if (known) return known.path === path ? known : undefined;
    return andThen(this.#sessions.find(id), (session) =>
      session?.path === path ? this.#replay(exchange, id) : undefined,
    );
  }

  /** The owner of a session that was made anew for another user has it made anew once more. */
  #knownTo(id: string, user: string): Known | undefined {
    const known = this.#known.get(id);
    const isTaken = known !== undefined && known.owner === user && known.user !== user;
    return isTaken ? undefined : known;
  }

  /**
   * Makes a session anew, once for all requests with the same credentials. A request with others has a try
   * of its own when the app has refused that one, within the same time.
   */
  async #replay(exchange: HttpExchange, id: string): Promise<Known | undefined> {
    const { user } = exchange;
    const until = performance.now() + LONGEST_WAIT;
    for (;;) {
      const known = this.#knownTo(id, user);
      const within = until - performance.now();
      if (known || within <= 0) return known;
      const evaluations = this.#evaluations;
      const running = this.#replays.get(id) ?? this.#beginReplay(exchange, id, within);
      const made = await running.made;
      // What code has said that is gone by now counts for nothing.
      if (running.user === user && evaluations === this.#evaluations) return made;
    }
  }

  #beginReplay(exchange: HttpExchange, id: string, within: number): Running {
    const running = { user: exchange.user, made: this.#replayOnce(exchange, id, within) };
    this.#replays.set(id, running);
    void running.made.then(() => {
      if (this.#replays.get(id) === running) this.#replays.delete(id);
    });
    return running;
  }

  async #replayOnce(
    exchange: HttpExchange,
    id: string,
    within: number,
  ): Promise<Known | undefined> {
    const evaluations = this.#evaluations;
    const session = await this.#sessions.find(id); // it may have ended since
    if (session?.path !== exchange.path) return undefined;
    const replayed = await replay(exchange, session, within);
    if (!replayed || evaluations !== this.#evaluations) return undefined;
    const { path, owner = '' } = session;
    const known = { path, replayed, owner, user: exchange.user };
    this.#known.set(id, known);
    return known;
  }

  /** In a session that was made anew a part of ours may have to read what the client says before the app. */
  #show(exchange: HttpExchange, known: Known | undefined): Eventually<boolean> {
    exchange.replayed = known?.replayed;
    const { body, event } = exchange.arrival;
    // A client that waits for `100 Continue` says nothing before the app wants it.
    const isToRead = known?.replayed && body && event !== 'checkContinue';
    return andThen(isToRead ? settled(body) : undefined, () => this.#hand(exchange, known));
  }

  /** @returns whether the app is to see it */
  #hand(exchange: HttpExchange, known: Known | undefined): boolean {
    for (const part of PARTS) if (part.onRequest?.(exchange)) return false;
    const { request, response, sessionId, replayed, arrival } = exchange;
    if (replayed) setRequestHeader(request, SESSION, replayed.id);
    const isStream = sessionId !== undefined && request.method === 'GET';
    // Then it can be ended whole at a restart, and its client asks for nothing over the same connection.
    if (isStream) response.shouldKeepAlive = false;
    const toClient = (name: string, value: string): string => {
      if (name === 'connection' && isStream) return 'close';
      return name === SESSION && value === replayed?.id ? (sessionId ?? value) : value;
    };
    /** Whether the code that knew the session is gone. */
    const isStale = (): boolean =>
      known !== undefined && this.#known.get(sessionId ?? '') !== known;
    watchResponse(response, {
      rename: replayed || isStream ? toClient : undefined,
      // A client that was told so would give up a session that goes on.
      beforeHead: ({ status }) => void (status === 404 && isStale() && answerRestarted(exchange)),
      onHead: (head) => {
        const kept = this.#keep(exchange, known, head);
        if (kept instanceof Promise) holdWrites(arrival.socket, kept);
        if (isStale()) setImmediate(endOpenStream, exchange);
        return PARTS.flatMap((part) => part.onHead?.(exchange, head) ?? []);
      },
    });
    return true;
  }

  /** Keeps what the app has agreed to. What the storage does later is waited for, before the client hears. */
  #keep(exchange: HttpExchange, known: Known | undefined, { status, get }: Head): Eventually<void> {
    const { sessionId: id, path, messages = [], request } = exchange;
    if (known && id !== undefined) {
      if (!isEnd(request.method, status)) {
        return status < 300 ? this.#sessions.note(id, messages) : undefined;
      }
      // The code that says so may be gone; and what another user is told says nothing of this session.
      if (this.#known.get(id) !== known || known.user !== exchange.user) return undefined;
      this.#known.delete(id);
      return known.owner === known.user ? this.#sessions.end(id) : undefined;
    }
    const given = get(SESSION);
    if (given === undefined || status >= 300) return undefined;
    const user = exchange.userOf(given);
    this.#known.set(given, { path, replayed: undefined, owner: user, user });
    const initialize = messages.filter(isRequest).find(({ method }) => method === 'initialize');
    const handshake = initialize && messages.reduce(afterMessage, { initialize });
    return handshake && this.#sessions.add(given, { path, handshake, owner: user });
  }
}

/**
 * Whether an answer says that the session is not there any more. A 404 to GET or DELETE does not: an app that
 * has routes for POST alone answers so.
 */
function isEnd(method: string | undefined, status: number): boolean {
  return method === 'DELETE' ? status < 300 : method === 'POST' && status === 404;
}

/** Resolves when a body has come, or is too large, or takes too long. */
function settled(body: Body): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_WAIT);
    body.whenSettled(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

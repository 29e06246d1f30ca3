import { createDebug } from 'obug';
import { andThen, type Eventually } from '../session/eventually.ts';
import { Recent } from '../session/recent.ts';
import type { Sessions } from '../session/sessions.ts';
import { EventSplitter, toEvent, withData, type ServerEvent } from './events.ts';
import { Exchange, type Replayed } from './exchange.ts';
import type { Arrival, Carrier } from './hook/hook.ts';
import { SESSION } from './hook/recognise.ts';
import { ENDED, endOpenStream, InFlight, isOfEvents, openStreams } from './in-flight.ts';
import { toListChanges } from './messages/handshake.ts';
import { parseMessage, RESTARTED, toError, type Message } from './messages/json-rpc.ts';
import { isAboutServerRequest, tagServerIds, untagMessage } from './messages/server-ids.ts';
import { noteCapabilities, noteManner, noteWithoutSession } from './notes.ts';
import { replay, sendInside } from './replay.ts';
import { watchResponse, type BodyFilter, type Head } from './response.ts';
import { McpSessions } from './sessions.ts';

const debug = createDebug('holdover:mcp');

/** How long a request waits for its session, and then for its own body. */
const MAX_WAIT_MS = 10_000;

/** How many sessions a process knows, and how many event ids of each. */
const MAX_SESSIONS = 10_000;
const MAX_EVENT_IDS = 10_000;

const METHODS = new Set(['GET', 'POST', 'DELETE']);
const LAST_EVENT_ID = 'last-event-id';

/** A session that the app of this process knows. */
interface Known {
  /** Of the URL, without the query. */
  path: string;
  /** Where another process has begun it. */
  replayed: Replayed | undefined;
  /** The credentials with which the client has begun it. */
  owner: string;
  /** The credentials with which this process has heard `initialize`: of another user, or a newer token. */
  user: string;
}

/** A replay that is under way. */
interface Running {
  user: string;
  made: Promise<Known | undefined>;
}

/** @param opening opens the records of sessions; its `open` may change */
export function createCarrier(opening: { open: () => Sessions }): Carrier {
  return new McpCarrier(new McpSessions(opening));
}

class McpCarrier implements Carrier {
  readonly #sessions: McpSessions;
  /** By the id that the client has. */
  readonly #known = new Recent<Known>(MAX_SESSIONS);
  readonly #replays = new Map<string, Running>();
  /** How often the app's code was evaluated anew. */
  #evaluations = 0;

  constructor(sessions: McpSessions) {
    this.#sessions = sessions;
  }

  begin(arrival: Arrival): Eventually<boolean> {
    const exchange = new Exchange(arrival);
    const { request, response } = arrival;
    const inFlight = request.method === 'POST' ? new InFlight(exchange) : undefined;
    response.once('close', () => {
      inFlight?.close();
      openStreams.delete(response);
    });
    return andThen(this.#find(exchange), (known) => this.#show(exchange, known, inFlight));
  }

  forget(): void {
    this.#evaluations++;
    this.#known.clear();
    this.#replays.clear();
    for (const response of openStreams) endOpenStream(response);
  }

  /** Returns undefined if neither this process nor the store knows the session, or its path is another. */
  #find(exchange: Exchange): Eventually<Known | undefined> {
    const { sessionId: id, path, request, user } = exchange;
    if (id === undefined || !METHODS.has(request.method ?? '')) return undefined;
    const known = this.#knownTo(id, user);
    if (known) return known.path === path ? known : undefined;
    return andThen(this.#sessions.find(id), (session) =>
      session?.path === path ? this.#replay(exchange, id) : undefined,
    );
  }

  /** Returns undefined if the session was begun anew for another user, and this is its owner. */
  #knownTo(id: string, user: string): Known | undefined {
    const known = this.#known.get(id);
    const isTaken = known !== undefined && known.owner === user && known.user !== user;
    return isTaken ? undefined : known;
  }

  /**
   * Begins a session anew, once for all requests with the same credentials. A request with others tries it itself
   * if the app has refused those.
   */
  async #replay(exchange: Exchange, id: string): Promise<Known | undefined> {
    const { user } = exchange;
    const until = performance.now() + MAX_WAIT_MS;
    for (;;) {
      const known = this.#knownTo(id, user);
      const within = until - performance.now();
      if (known || within <= 0) return known;
      const evaluations = this.#evaluations;
      const running = this.#replays.get(id) ?? this.#beginReplay(exchange, id, within);
      const made = await running.made;
      // The answer of code that is gone does not count.
      if (running.user === user && evaluations === this.#evaluations) return made;
    }
  }

  #beginReplay(exchange: Exchange, id: string, within: number): Running {
    const running = { user: exchange.user, made: this.#replayOnce(exchange, id, within) };
    this.#replays.set(id, running);
    void running.made.then(() => {
      if (this.#replays.get(id) === running) this.#replays.delete(id);
    });
    return running;
  }

  async #replayOnce(exchange: Exchange, id: string, within: number): Promise<Known | undefined> {
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

  /** In a session that was begun anew, what the client says has to be read before the app sees it. */
  #show(
    exchange: Exchange,
    known: Known | undefined,
    inFlight: InFlight | undefined,
  ): Eventually<boolean> {
    exchange.replayed = known?.replayed;
    const { body, event } = exchange.arrival;
    // A client that waits for `100 Continue` sends no body before the app asks for it.
    const isToRead = known?.replayed && body && event !== 'checkContinue';
    return andThen(isToRead ? body.settled(MAX_WAIT_MS) : undefined, () =>
      this.#hand(exchange, known, inFlight),
    );
  }

  /** Returns whether the app is to see the request. */
  #hand(exchange: Exchange, known: Known | undefined, inFlight: InFlight | undefined): boolean {
    const { request, response, sessionId, replayed } = exchange;
    const lastEvent = request.headers[LAST_EVENT_ID]?.toString();
    if (request.method === 'GET' && lastEvent?.startsWith(ENDED)) {
      // Its stream has answered a POST by an error of ours. At 405 the client does not ask for the rest again.
      response.writeHead(405, { Allow: 'POST, DELETE' }).end();
      return false;
    }
    if (replayed) {
      noteCapabilities(exchange, replayed.result);
      // The app of this process knows no event of another one.
      if (lastEvent && !replayed.eventIds.has(lastEvent)) {
        exchange.setRequestHeader(LAST_EVENT_ID, undefined);
      }
      if (takeAnswer(exchange, replayed)) return false;
      exchange.setRequestHeader(SESSION, replayed.id);
    }
    const renamed = new Map<string, (value: string) => string>();
    if (replayed) {
      renamed.set(SESSION, (value) => (value === replayed.id ? (sessionId ?? value) : value));
    }
    const isStandalone = sessionId !== undefined && request.method === 'GET';
    if (isStandalone) {
      // Then it can be ended whole at a restart, and its client sends no request over the same connection.
      response.shouldKeepAlive = false;
      renamed.set('connection', () => 'close');
    }
    /** Whether the code that knew the session is gone. */
    const isStale = (): boolean =>
      known !== undefined && this.#known.get(sessionId ?? '') !== known;
    watchResponse(response, {
      renamed,
      // On 404 the client would drop its session, which goes on.
      beforeHead: ({ status }) => {
        if (status === 404 && isStale()) inFlight?.answer(RESTARTED);
      },
      onHead: (head) => {
        this.#keep(exchange, known, head);
        if (inFlight) inFlight.head = head;
        if (isStandalone && isOfEvents(head)) {
          openStreams.add(response);
          if (isStale()) setImmediate(endOpenStream, response);
        }
        return toFilter(exchange, head, inFlight);
      },
    });
    return true;
  }

  /** Keeps what the app has agreed to by the head of its answer. */
  #keep(exchange: Exchange, known: Known | undefined, { status, get }: Head): void {
    const { sessionId: id, path, message, request } = exchange;
    if (id === undefined && status < 300) noteWithoutSession(exchange);
    if (known && id !== undefined) {
      if (!isEnd(request.method, status)) {
        if (status < 300) this.#sessions.note(id, message);
        return;
      }
      // Code that is gone, and an answer to another user, do not end the session.
      if (this.#known.get(id) !== known || known.user !== exchange.user) return;
      this.#known.delete(id);
      if (known.owner === known.user) this.#sessions.end(id);
      return;
    }
    const given = get(SESSION);
    if (message?.method === 'initialize' && status < 300) {
      noteManner(given === undefined ? 'no sessions' : 'sessions', exchange);
    }
    if (given === undefined || status >= 300) return;
    const owner = exchange.userOf(given);
    this.#known.set(given, { path, replayed: undefined, owner, user: owner });
    if (message?.method === 'initialize' && message.id !== undefined && message.id !== null) {
      const initialize = { ...message, id: message.id, method: message.method };
      this.#sessions.add(given, { path, handshake: { initialize }, owner });
    }
  }
}

/**
 * Returns whether an answer says that the session is over. A 404 to GET or DELETE does not: an app that has routes
 * for POST alone answers so.
 */
function isEnd(method: string | undefined, status: number): boolean {
  return method === 'DELETE' ? status < 300 : method === 'POST' && status === 404;
}

/**
 * Takes what the client says of a request of the server: the app knows it under another id, and the one before
 * may have had the same. So it is sent to the app with its own id, or dropped if that app is gone.
 */
function takeAnswer(exchange: Exchange, replayed: Replayed): boolean {
  const { message, response, text } = exchange;
  if (text?.trimStart().startsWith('[')) {
    const error = toError(0, 'This session has outlived a restart. Send each message by itself.');
    response.writeHead(400, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ ...error, id: null }));
    return true;
  }
  if (!message || !isAboutServerRequest(message)) return false;
  const own = untagMessage(message, replayed.prefix);
  if (!own) debug('an answer to another process was dropped');
  const sent = own ? sendInside(exchange, own, replayed) : Promise.resolve({ status: 202 });
  sent.then(
    ({ status }) => response.writeHead(status < 300 ? 202 : status).end(),
    (error: unknown) => {
      debug('an answer cannot be passed on: %o', error);
      response.writeHead(500).end();
    },
  );
  return true;
}

/** Returns what reads, and in a session that was begun anew changes, the body of a response. */
function toFilter(
  exchange: Exchange,
  head: Head,
  inFlight: InFlight | undefined,
): BodyFilter | undefined {
  const { request, replayed, message } = exchange;
  const isFirst = message?.method === 'initialize' && head.get(SESSION) !== undefined;
  const read = (said: Message | undefined): void => {
    if (said) inFlight?.note(said);
    if (isFirst && said?.result) noteCapabilities(exchange, said.result);
  };
  if (!isOfEvents(head)) {
    if (!isFirst) return undefined;
    return {
      chunk(bytes) {
        read(parseMessage(bytes));
        return bytes;
      },
    };
  }
  const splitter = inFlight?.splitter ?? new EventSplitter();
  const pass = (event: ServerEvent): Buffer => {
    if (event.id && inFlight) inFlight.hasIds = true;
    if (event.id && replayed) addEventId(replayed.eventIds, event.id);
    const said = parseMessage(event.data);
    read(said);
    const tagged = said && replayed && tagServerIds(said, replayed.prefix);
    return tagged && tagged !== said ? withData(event, JSON.stringify(tagged)) : event.bytes;
  };
  return {
    begin() {
      if (!replayed || request.method !== 'GET' || replayed.isToldOfChanges) return '';
      replayed.isToldOfChanges = true;
      return toListChanges(replayed.result)
        .map((change) => toEvent(change))
        .join('');
    },
    chunk(bytes) {
      const passed = splitter.push(bytes).map(pass);
      return replayed ? Buffer.concat(passed) : bytes;
    },
    end() {
      const words = Buffer.from(inFlight?.lastWords() ?? '');
      return replayed ? Buffer.concat([splitter.held, words]) : words;
    },
  };
}

function addEventId(ids: Set<string>, id: string): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > MAX_EVENT_IDS && oldest !== undefined) ids.delete(oldest);
}

import { createDebug } from 'obug';
import { andThen, type Eventually } from '../session/eventually.ts';
import { DEFAULT_LIFETIME } from '../session/expiry/lifetime.ts';
import { shortenId } from '../session/display/short-id.ts';
import type { Sessions } from '../session/sessions.ts';
import { afterMessage, type Handshake } from './messages/handshake.ts';
import type { Message } from './messages/json-rpc.ts';

const debug = createDebug('holdover:mcp');

/** How often it is noted that a session is used, in milliseconds. */
const TOUCH_EVERY = 60_000;
/** The longest record, in characters. */
const LONGEST = 64 * 1024;
/** How many records there may be; those that were used last stay. */
const MOST = 1000;
/** So many new ones come before they are counted again. */
const COUNT_EVERY = 100;

const NOTHING_TOLD: Handshake = { initialize: { jsonrpc: '2.0', id: 0, method: 'initialize' } };

/** What is kept of a session, under the id by which the client knows it. No credential is among it. */
export interface McpSession {
  /** Without the query. */
  path: string;
  handshake: Handshake;
  /** Stands for the credentials with which it was begun; none where there were none. */
  owner?: string;
}

/** How the records are opened, as it was said last. */
export interface Opening {
  open: () => Sessions;
}

/**
 * What is kept of the sessions of MCP. What the storage cannot do costs nothing but the keeping: every call
 * does what it can, and throws nothing. Where the storage is on this machine it is done when the call
 * returns.
 */
export class McpSessions {
  readonly #opening: Opening;
  #openedBy: Opening['open'] | undefined;
  #sessions: Sessions | undefined;
  readonly #touched = new Map<string, number>();
  #added = 0;

  constructor(opening: Opening) {
    this.#opening = opening;
  }

  /** The session under an id; `undefined`, too, where it cannot be read. */
  find(id: string): Eventually<McpSession | undefined> {
    return this.#try('read', (sessions) =>
      andThen(sessions.get(id), (found) => {
        const data = found?.data as Partial<McpSession> | undefined;
        const isWhole = typeof data?.path === 'string' && data.handshake?.initialize !== undefined;
        return isWhole ? (data as McpSession) : undefined;
      }),
    );
  }

  add(id: string, session: McpSession): Eventually<void> {
    if (JSON.stringify(session).length > LONGEST) {
      return debug('the session %s is too large to be kept', shortenId(id));
    }
    return this.#try('kept', (sessions) =>
      andThen(sessions.set(id, session, DEFAULT_LIFETIME, true), () => {
        this.#touched.set(id, Date.now());
        // A server may have the records of others, too, and lets go of all by their age.
        const isToCount = !sessions.isRemote && this.#added++ % COUNT_EVERY === 0;
        if (isToCount) void this.#prune(sessions);
      }),
    );
  }

  /** Notes what a client has told its server, where it lasts as long as the session, and that it is used. */
  note(id: string, messages: Message[]): Eventually<void> {
    const isTold = messages.some((message) => afterMessage(NOTHING_TOLD, message) !== NOTHING_TOLD);
    return isTold ? this.#update(id, messages) : this.#touch(id);
  }

  /** A session has ended. */
  end(id: string): Eventually<void> {
    this.#touched.delete(id);
    return this.#try('ended', (sessions) => sessions.destroy(id));
  }

  #update(id: string, messages: Message[]): Eventually<void> {
    const change = (data: object | undefined): object | undefined => {
      if (data === undefined) return undefined;
      const session = data as McpSession;
      const handshake = messages.reduce(afterMessage, session.handshake);
      const changed = { ...session, handshake };
      return JSON.stringify(changed).length > LONGEST ? data : changed;
    };
    return this.#try('kept', (sessions) => sessions.update(id, change, DEFAULT_LIFETIME));
  }

  #touch(id: string): Eventually<void> {
    const now = Date.now();
    if (now - (this.#touched.get(id) ?? 0) < TOUCH_EVERY) return undefined;
    this.#touched.set(id, now);
    return this.#try('touched', (sessions) => sessions.touch(id, DEFAULT_LIFETIME));
  }

  /** Removes those that were used longest ago, where there are too many. */
  async #prune(sessions: Sessions): Promise<void> {
    try {
      const all: { id: string; expires: number }[] = [];
      for await (const { id, expires } of sessions.all()) all.push({ id, expires });
      all.sort((one, other) => other.expires - one.expires);
      for (const { id } of all.slice(MOST)) await sessions.update(id, () => undefined);
    } catch (error) {
      debug('sessions cannot be counted: %o', error);
    }
  }

  #try<T>(done: string, call: (sessions: Sessions) => Eventually<T>): Eventually<T | undefined> {
    const failed = (error: unknown): undefined =>
      void debug('a session cannot be %s: %o', done, error);
    try {
      const sessions = this.#opened();
      const result = sessions && call(sessions);
      return result instanceof Promise ? result.catch(failed) : result;
    } catch (error) {
      return failed(error);
    }
  }

  /** Opened once: what cannot be opened is left alone until it is said anew how. */
  #opened(): Sessions | undefined {
    const { open } = this.#opening;
    if (this.#openedBy !== open) {
      this.#openedBy = open;
      this.#sessions = undefined;
      this.#sessions = open();
    }
    return this.#sessions;
  }
}

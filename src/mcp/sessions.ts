import { createDebug } from 'obug';
import { andThen, type Eventually } from '../session/eventually.ts';
import { DEFAULT_LIFETIME } from '../session/expiry/lifetime.ts';
import { shortenId } from '../session/display/short-id.ts';
import { Recent } from '../session/recent.ts';
import type { Sessions } from '../session/sessions.ts';
import { afterMessage, type Handshake } from './messages/handshake.ts';
import type { Message } from './messages/json-rpc.ts';

const debug = createDebug('holdover:mcp');

/** How often the expiry of a session in use is moved. */
const TOUCH_EVERY_MS = 60_000;
const MAX_RECORD_LENGTH = 64 * 1024;
const MAX_TOUCHED = 10_000;

const NOTHING_SAID: Handshake = { initialize: { jsonrpc: '2.0', id: 0, method: 'initialize' } };

/** What is kept of a session, under the id by which the client knows it. No credential is among it. */
export interface McpSession {
  /** Of the URL, without the query. */
  path: string;
  handshake: Handshake;
  /** The fingerprint of the credentials with which it was begun. */
  owner?: string;
}

/**
 * The records of sessions. Where the storage fails, the session is not held over, and nothing is thrown. Files
 * are written when a call returns; a record in Redis is on its way then.
 */
export class McpSessions {
  readonly #opening: { open: () => Sessions };
  #openedBy: (() => Sessions) | undefined;
  #sessions: Sessions | undefined;
  readonly #touched = new Recent<number>(MAX_TOUCHED);

  /** @param opening its `open` may change */
  constructor(opening: { open: () => Sessions }) {
    this.#opening = opening;
  }

  /** Returns the session under an id, or undefined if there is none that can be read. */
  find(id: string): Eventually<McpSession | undefined> {
    return this.#try('read', (sessions) =>
      andThen(sessions.get(id), (found) => {
        const data = found?.data as Partial<McpSession> | undefined;
        const isWhole = typeof data?.path === 'string' && data.handshake?.initialize !== undefined;
        return isWhole ? (data as McpSession) : undefined;
      }),
    );
  }

  add(id: string, session: McpSession): void {
    if (JSON.stringify(session).length > MAX_RECORD_LENGTH) {
      return debug('the session %s is too large to be kept', shortenId(id));
    }
    this.#touched.set(id, Date.now());
    void this.#try('kept', (sessions) => sessions.set(id, session, DEFAULT_LIFETIME, true));
  }

  /** A session is used: keeps what the message says if it lasts as long as the session. */
  note(id: string, message: Message | undefined): void {
    if (message && afterMessage(NOTHING_SAID, message) !== NOTHING_SAID) {
      const change = (data: object | undefined): object | undefined => {
        if (data === undefined) return undefined;
        const session = data as McpSession;
        const changed = { ...session, handshake: afterMessage(session.handshake, message) };
        return JSON.stringify(changed).length > MAX_RECORD_LENGTH ? data : changed;
      };
      return void this.#try('kept', (sessions) => sessions.update(id, change, DEFAULT_LIFETIME));
    }
    const now = Date.now();
    if (now - (this.#touched.get(id) ?? 0) < TOUCH_EVERY_MS) return;
    this.#touched.set(id, now);
    void this.#try('touched', (sessions) => sessions.touch(id, DEFAULT_LIFETIME));
  }

  end(id: string): void {
    this.#touched.delete(id);
    void this.#try('ended', (sessions) => sessions.destroy(id));
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

  /** Opens them once for each `open`. What cannot be opened is not tried again. */
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

import { createHash, createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { statFile } from '../storage/files/disk.ts';
import { openSecret } from '../storage/keys/key.ts';
import type { StorageOptions } from '../storage/options.ts';
import { EventFile } from './event-file.ts';

/** How long a file may become before the next one is begun, in bytes. There are two of each. */
const LONGEST = 512 * 1024;
const LONGEST_OF_COOKIES = 16 * 1024;

/** Something that has happened to the sessions of a project. Ids are in it as keyed hashes only. */
export type HistoryEvent = { /** Milliseconds since the epoch. */ at: number } & (
  | { what: 'store'; framework: string; how: 'adopted' | 'named' }
  | {
      what: 'left alone';
      framework: string;
      reason: string;
      /** Whether its sessions outlast the process all the same, where that is known. */
      lasts?: boolean | undefined;
    }
  | ({ what: 'cookie' } & CookieFacts)
  | { what: 'stored'; id: string; expires: number; namespace?: string | undefined }
  | ({ what: 'mcp' } & Spoken)
  /** The app of this process has taken a session of MCP of another one, or has not: then it says why. */
  | { what: 'replayed'; id: string; refusal?: string | undefined }
  /** Ended for good, by the app or by others; or by others as if its time were over. */
  | { what: 'destroyed' | 'expired'; id: string; by?: string | undefined }
  /** Its data, by somebody else than the app. */
  | { what: 'changed'; id: string; by: string }
  /** Of these namespaces; of all when none is named. */
  | { what: 'cleared'; by: string; namespaces?: string[] | undefined }
  | Miss
);

/**
 * How a server speaks MCP over HTTP: with sessions, which are kept; answering `initialize` without one; in the
 * versions from 2026-07-28 on, which have none; or with the older transport of HTTP and SSE.
 */
export type McpManner = 'sessions' | 'no sessions' | 'no handshake' | 'sse';

/** What was seen of a server of MCP. */
export interface Spoken {
  speaks: McpManner;
  /** Of the URL, without the query. */
  path: string;
  /** The names of what it has declared that it can, in their order by letters, where that was seen. */
  capabilities?: string[] | undefined;
}

/** A request whose session was not there, or was of no use; or one without a cookie, as a first visit is. */
export interface Miss {
  at: number;
  what: 'missed';
  /** The hash of the id that was asked for, if there was one. */
  id?: string | undefined;
  /** Why, as far as the request and the storage show it. */
  because:
    | 'no cookie'
    | 'insecure'
    | 'foreign cookie'
    /** The cookie of a session that was there once is not signed with the secret of today. */
    | 'secret changed'
    | 'no record'
    | 'retired'
    | 'unreadable'
    /** It was there, and the app did not know its user. */
    | 'user missing';
  /** The name of the cookie, the reason for which the record was set aside, or the file of the users. */
  detail?: string | undefined;
  /** `GET /dashboard`. */
  by?: string | undefined;
  /** Where it was looked for, when its id was. */
  namespace?: string | undefined;
}

/** What a framework was told of its cookie. */
export interface CookieFacts {
  framework: string;
  name: string;
  secure: boolean;
  sameSite: string;
  /** A keyed hash of the secrets: tells whether they are the same as at another start. */
  secret: string | undefined;
  /** The length of the shortest one. */
  secretLength: number | undefined;
}

/** Whether something was written down of a project; no key is made for it. */
export function hasHistory(options: Pick<StorageOptions, 'root' | 'stateDirectory'>): boolean {
  const path = toPath(options);
  return existsSync(`${path}.jsonl`) || existsSync(`${path}.cookies`);
}

/** Names what was written down of a project by now: another text each time that there is more. */
export function stampHistory(options: Pick<StorageOptions, 'root' | 'stateDirectory'>): string {
  const { ino, size, mtimeMs } = statFile(`${toPath(options)}.jsonl`) ?? {};
  return `${ino} ${size} ${mtimeMs}`;
}

function toPath({ root, stateDirectory }: Pick<StorageOptions, 'root' | 'stateDirectory'>): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 32);
  return join(stateDirectory, 'history', name);
}

/**
 * What has happened lately to the sessions of one project, over restarts: in development only, and for
 * people only. It lies in the user's state directory, is never longer than about 1 MB, and writing it
 * never fails: what cannot be written is not.
 */
export class History {
  readonly #events: EventFile<HistoryEvent>;
  /** By itself, so that traffic does not push it out, and that each start of the app reads it quickly. */
  readonly #cookies: EventFile<HistoryEvent>;
  readonly #key: string;

  /** @throws Error, in one sentence, when the project's key cannot be used */
  constructor(options: StorageOptions) {
    const { root, stateDirectory, sealingSecret } = options;
    const path = toPath(options);
    this.#events = new EventFile(`${path}.jsonl`, LONGEST);
    this.#cookies = new EventFile(`${path}.cookies`, LONGEST_OF_COOKIES);
    this.#key = openSecret(root, 'history', { stateDirectory, sealingSecret });
  }

  /** Names an id, or a secret, without giving it away. */
  hash(secret: string): string {
    return createHmac('sha256', this.#key).update(secret).digest('base64url').slice(0, 22);
  }

  /** Adds events before it returns. */
  add(events: HistoryEvent[]): void {
    const isOfStart = ({ what }: HistoryEvent): boolean => what === 'cookie' || what === 'mcp';
    this.#cookies.append(events.filter(isOfStart));
    this.#events.append(events.filter((event) => !isOfStart(event)));
  }

  /** All events, the oldest first; lines that are not whole are left out. */
  read(): HistoryEvent[] {
    return [...this.readCookies(), ...this.#events.read()].sort((a, b) => a.at - b.at);
  }

  /** What frameworks were told of their cookies, and how MCP was spoken, the oldest first. */
  readCookies(): HistoryEvent[] {
    return this.#cookies.read();
  }
}

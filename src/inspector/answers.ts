/*
 * What the JSON API answers with. Times are in milliseconds since the epoch, durations in milliseconds, and
 * `null` stands for none. The page has all its types from here, and they have no others from Node.
 */
import type { Restart } from '../asking/restart.ts';
import type { SessionRow } from '../care/session-row.ts';

export type { Crash, Frame, ShownError } from '../asking/crash.ts';
export type { Restart } from '../asking/restart.ts';
export type { RowField, Rows, SessionRow } from '../care/session-row.ts';

/** Of an answer with a status of 400 or more. */
export interface Failure {
  /** One sentence. */
  error: string;
}

/** An app of the project that runs. */
export interface AppFacts {
  pid: number;
  /** For people: its entry, or where Vite is. */
  name: string;
  isRunning: boolean;
  url: string | null;
}

/** `GET overview` */
export interface Overview {
  /** The name of the project, for people. */
  project: string;
  /** Where the sessions are, for people. */
  place: string;
  apps: AppFacts[];
  /** What runs the newest of them. */
  host: 'watch' | 'vite' | null;
  /** How many logins there are, as far as was counted. */
  sessions: number;
  /** The same of sessions of MCP clients. */
  clients: number;
  /** Whether an app runs that this browser can be logged in to. */
  canOpen: boolean;
}

/** `GET sessions/<key>` */
export interface Opened extends SessionRow {
  /** As the app sees it, with `null` in the place of what is masked. */
  data: unknown;
  /** The paths of what is masked. */
  masked: string[][];
  /** What has happened to it, the newest first. */
  events: { at: number; sentence: string }[];
  /** The name of its cookie, when an app runs that can sign it. */
  cookie: string | null;
  /** Where it lies, for people. */
  place: string;
}

/** `POST sessions/<key>/reveal` takes a path. */
export interface Revealed {
  value: unknown;
}

/** `POST sessions/<key>/cookie` */
export interface SignedCookie {
  /** `connect.sid=s%3A…` */
  header: string;
}

/** `POST sessions/<key>/open` */
export interface OpenedAs {
  /** Where this browser is logged in with it. */
  url: string;
}

/** `GET restarts` */
export interface Restarts {
  /** The newest last. */
  restarts: Restart[];
}

/** `GET misses` */
export interface Misses {
  /** The newest first. */
  misses: { at: number; cause: string; sentence: string }[];
}

/** `GET state` */
export interface KeptState {
  values: {
    key: string;
    app: string;
    type: string;
    /** `3 entries` */
    holds: string;
    /** Characters of its text. */
    size: number;
    at: number;
  }[];
  /** What cannot be read; the key is `null` for the list of all. */
  faults: { app: string; reason: string }[];
}

/** `GET doctor` */
export interface Checks {
  checks: {
    name: string;
    state: 'good' | 'doubtful' | 'broken';
    found: string;
    advice?: string | undefined;
  }[];
}

/** What `GET events` tells of. */
export type EventName = 'sessions' | 'restarts' | 'misses' | 'state';

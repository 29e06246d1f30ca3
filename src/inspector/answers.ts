/*
 * What the JSON API answers with. Times are in milliseconds since the epoch, durations in milliseconds, and
 * `null` stands for none. The page has its types from here and from crash-answer.ts: nothing is imported.
 */

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

/** One session in the list. */
export interface Row {
  /** Names it in this API, until the inspector ends. */
  key: string;
  who: string | null;
  /** Six signs of it. */
  id: string;
  /** `null` for one that the project has forgotten. */
  namespace: string | null;
  created: number;
  lastSeen: number | null;
  expires: number | null;
  /** Bytes. */
  size: number;
  /** Whether it is of an MCP client, and no login. */
  isClient: boolean;
}

/** `GET sessions` */
export interface Rows {
  rows: Row[];
  /** How many match the filter. */
  matching: number;
  total: number;
  /** How many of these are of MCP clients, and no logins. */
  clients: number;
  /** How many were read by the survey that goes on. */
  scanned: number;
  isComplete: boolean;
}

/** By what sessions are sorted. */
export type Sort = 'who' | 'id' | 'created' | 'lastSeen' | 'expires' | 'size' | 'namespace';

/** `GET sessions/<key>` */
export interface Opened extends Row {
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

/** One restart of the app. */
export interface Restart {
  number: number;
  at: number;
  /** The files that have caused it, for people. */
  paths: string[];
  /** Why, where no file has caused it. */
  reason: string | null;
  kind: 'restart' | 'crash' | 'update';
  /** By their names, in their order. */
  phases: [name: string, milliseconds: number][];
  duration: number | null;
  /** How many requests, sessions, values and clients of MCP were held over it. */
  requests: number;
  /** `null` where nobody counts them, as in Redis. */
  sessions: number | null;
  values: number;
  clients: number;
  /** The title of the crash. */
  crash: string | null;
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
    /** `null` for a database. */
    type: string | null;
    /** `3 entries` */
    holds: string;
    /** Characters of its text. */
    size: number;
    at: number;
  }[];
  /** What cannot be read; the key is `null` for the list of all. */
  faults: { key: string | null; reason: string }[];
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

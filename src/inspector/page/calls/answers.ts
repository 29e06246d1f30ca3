/** What the API answers. Times are in milliseconds since the epoch, `null` for none. */

export interface Overview {
  /** The root of the project. */
  project: string;
  /** Where the sessions lie, for people. */
  place: string;
  apps: { pid: number; name: string; isRunning: boolean; url: string | null }[];
  host: 'watch' | 'vite' | null;
  sessions: number;
  clients: number;
  /** Whether an app runs that can sign its cookies. */
  canOpen: boolean;
}

export interface SessionRow {
  key: string;
  who: string | null;
  /** Its first six signs. */
  id: string;
  namespace: string | null;
  created: number;
  lastSeen: number | null;
  expires: number | null;
  /** Bytes. */
  size: number;
  /** Whether it is the session of an MCP client. */
  isClient: boolean;
}

export interface SessionsAnswer {
  rows: SessionRow[];
  matching: number;
  total: number;
  /** How many were read so far. */
  scanned: number;
  isComplete: boolean;
}

export interface SessionAnswer extends SessionRow {
  /** `null` where something is masked. */
  data: unknown;
  /** The paths of what is masked. */
  masked: string[][];
  events: { at: number; sentence: string }[];
  /** The name of its cookie, when the app can sign it. */
  cookie: string | null;
  place: string;
}

export interface Restart {
  number: number;
  at: number;
  /** The files that caused it. */
  paths: string[];
  reason: string | null;
  kind: 'restart' | 'crash' | 'update';
  phases: [name: string, milliseconds: number][];
  duration: number | null;
  /** How many of each were held over it. */
  requests: number;
  sessions: number;
  values: number;
  clients: number;
  /** The title of the crash. */
  crash: string | null;
}

export interface Frame {
  function?: string;
  path: string;
  line?: number;
  column?: number;
  isOfNode: boolean;
  isOfPackage: boolean;
}

export interface ShownError {
  name: string;
  message: string;
  code?: string;
  frames: Frame[];
}

export interface Excerpt {
  path: string;
  line: number;
  column?: number;
  lines: { number: number; text: string; isMarked: boolean }[];
}

export interface Crash {
  title: string;
  hint?: string;
  error?: ShownError;
  causes: ShownError[];
  excerpt?: Excerpt;
  changed: string[];
}

export interface Miss {
  at: number;
  cause: string;
  sentence: string;
}

export interface KeptValue {
  key: string;
  app: string;
  type: string | null;
  holds: string;
  size: number;
  at: number;
}

export interface StateAnswer {
  values: KeptValue[];
  faults: { key: string | null; reason: string }[];
}

export interface Check {
  name: string;
  state: 'good' | 'doubtful' | 'broken';
  found: string;
  advice?: string | null;
}

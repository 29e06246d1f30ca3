import type { CareOptions } from '../project.ts';

/** What rows are sorted by. */
export type RowField = 'who' | 'id' | 'created' | 'lastSeen' | 'expires' | 'size' | 'namespace';

/** One live session in a list. Times are milliseconds since the epoch. */
export interface SessionRow {
  /** Names it in this process only: an HMAC of its namespace and id. */
  key: string;
  who: string | null;
  /** The first six signs at most, and `…`. */
  id: string;
  /** `null` for one of a namespace that the project has forgotten. */
  namespace: string | null;
  created: number;
  lastSeen: number | null;
  /** `null` for what has no end. */
  expires: number | null;
  /** Bytes on the disk, or of Redis' memory. */
  size: number;
  /** Whether it is the session of an MCP client, and no login. */
  isClient: boolean;
}

/** Which rows are wanted. */
export interface RowQuery {
  /** What stands in who, in the six signs of the id or in the namespace, in small or capital letters. @default all */
  filter?: string | undefined;
  /** @default 'lastSeen' */
  sort?: RowField | undefined;
  /** Rows that do not have what is sorted by come last in both. @default 'desc' */
  order?: 'asc' | 'desc' | undefined;
  /** How many rows are passed over. @default 0 */
  from?: number | undefined;
  /** How many rows at most. @default 100 */
  count?: number | undefined;
}

/** Some rows of a list. */
export interface Rows {
  rows: SessionRow[];
  /** How many the filter leaves. */
  matching: number;
  /** How many live sessions are known. */
  total: number;
  /** How many records were looked at. */
  scanned: number;
  /** Whether all were. */
  isComplete: boolean;
}

/** What a row stands for. */
export interface Indexed {
  id: string;
  namespace: string | undefined;
}

/**
 * The live sessions of a project, in memory: what a list of them shows, and not their data. It is filled
 * when it is first asked, which goes on while the first rows are answered. It looks again while somebody
 * asks or listens: when the history of the project shows that something has happened, and at an interval of
 * at least ten times what a look takes.
 */
export class SessionIndex {
  /** @throws Error or TypeError, in one sentence, for an option that cannot be used */
  constructor(_options: CareOptions = {}) {
    void _options;
  }

  /**
   * Rows as far as they are known; the first time it waits for a moment, so that all of a small project are there.
   *
   * @throws Error, in one sentence, when the place cannot be read
   */
  rows(_query: RowQuery = {}): Promise<Rows> {
    throw new Error('Not there yet.');
  }

  /** What a key stands for that was in a row; `undefined` when there is no such session any more. */
  find(_key: string): Promise<Indexed | undefined> {
    throw new Error('Not there yet.');
  }

  /** Reads one session anew: for who has just changed it. */
  reread(_session: Indexed): Promise<void> {
    throw new Error('Not there yet.');
  }

  /** Looks at all sessions anew; what is known serves until that is complete. */
  refresh(): Promise<void> {
    throw new Error('Not there yet.');
  }

  /**
   * Hears when rows have changed, and while the first look goes on.
   *
   * @returns ends it
   */
  listen(_hear: () => void): () => void {
    throw new Error('Not there yet.');
  }

  /** Ends all that goes on. */
  close(): void {}
}

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
  /**
   * What stands in who, in the six signs of the id or in the namespace, in small or capital letters.
   * @default all
   */
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
  /** How many of these are of MCP clients, and no logins. */
  clients: number;
  /** How many records were looked at, of oidc-provider and such as have expired too. */
  scanned: number;
  /** Whether all were. */
  isComplete: boolean;
}

/** What a row stands for. */
export interface Indexed {
  id: string;
  namespace: string | undefined;
}

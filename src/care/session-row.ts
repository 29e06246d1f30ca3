/** The fields to sort by. */
export type RowField = 'who' | 'id' | 'created' | 'lastSeen' | 'expires' | 'size' | 'namespace';

/** One live session in a list. Times are milliseconds since the epoch. */
export interface SessionRow {
  /** Names the session in this process only: an HMAC of its namespace and id. */
  key: string;
  who: string | null;
  /** The first six characters at most, and `…`. */
  id: string;
  /** `null` for a namespace whose name the directory no longer knows. */
  namespace: string | null;
  created: number;
  lastSeen: number | null;
  /** `null` for a session without an end. */
  expires: number | null;
  /** Bytes on the disk, or of Redis' memory. */
  size: number;
  /** Whether it is the session of an MCP client, not a login. */
  isClient: boolean;
}

/** Which rows to return. */
export interface RowQuery {
  /** A part of who, of the first six characters of the id or of the namespace, in any case. @default all */
  filter?: string | undefined;
  /** @default 'lastSeen' */
  sort?: RowField | undefined;
  /** Rows without the field come last in both. @default 'desc' */
  order?: 'asc' | 'desc' | undefined;
  /** How many rows to skip. @default 0 */
  from?: number | undefined;
  /** @default 200 */
  count?: number | undefined;
}

/** Some rows of a list. */
export interface Rows {
  rows: SessionRow[];
  /** How many rows the filter leaves. */
  matching: number;
  /** How many live sessions there are. */
  total: number;
  /** How many of these are of MCP clients. */
  clients: number;
}

/** The data of one session: plain JSON, as every session store keeps it. */
export type SessionData = Record<string, unknown>;

/** One session as a SessionStore hands it out. */
export interface StoredSession {
  /** The session id: a bearer secret, never printed. */
  id: string;
  /** A copy of the data; changing it changes nothing in the store. */
  data: SessionData;
  /** When the session was first stored, in milliseconds since the epoch. */
  created: number;
  /** When it expires, in milliseconds since the epoch. */
  expires: number;
}

/**
 * What is stored of a session. Its id and its expiry are kept by the storage, next to this text and
 * bound to it by the seal, so that a touch can move the expiry without knowing the data.
 */
interface SessionRecord {
  v: 1;
  created: number;
  data: SessionData;
}

/** Stands in a stored cookie for "when the record expires", which a touch moves without writing the data. */
export const WITH_RECORD = true;

/** The data of a session as its framework has it, with the expiry of the record in its cookie. */
export function withCookieExpiry({
  data,
  expires,
}: Pick<StoredSession, 'data' | 'expires'>): SessionData {
  const cookie = data.cookie as { expires?: unknown } | null | undefined;
  if (cookie?.expires !== WITH_RECORD) return data;
  return { ...data, cookie: { ...cookie, expires: new Date(expires).toISOString() } };
}

/** Data that no durable store can keep; its cause is what `JSON.stringify` has thrown. */
export class UnstorableError extends Error {}

/**
 * The data as JSON, taken at the moment of the call.
 *
 * @throws UnstorableError when the data is not an object or cannot be JSON (a BigInt, a circle).
 */
export function toJson(data: object): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(data);
  } catch (cause) {
    throw new UnstorableError(
      'The session could not be stored, because its data cannot be written as JSON. Keep plain values in it.',
      { cause },
    );
  }
  if (json === undefined || json[0] !== '{') {
    throw new UnstorableError(
      'The session could not be stored, because its data is not an object. Keep an object in it.',
    );
  }
  return json;
}

/** The text that is stored for a session whose data is this JSON. */
export function toRecord(json: string, created: number): string {
  return `{"v":1,"created":${created},"data":${json}}`;
}

/**
 * The record behind a stored text, or `undefined` when the text is not a record of this version.
 * A `__proto__` key is left out: frameworks copy the data key by key, and that one would change the
 * prototype of their session object.
 */
export function fromRecord(text: string): Pick<StoredSession, 'created' | 'data'> | undefined {
  try {
    // `\u` may spell the key in another way.
    const mayHaveProto = text.includes('__proto__') || text.includes('\\u');
    const record = JSON.parse(
      text,
      mayHaveProto ? withoutProto : undefined,
    ) as SessionRecord | null;
    if (record?.v !== 1 || typeof record.created !== 'number') return undefined;
    if (typeof record.data !== 'object' || record.data === null) return undefined;
    return record;
  } catch {
    return undefined;
  }
}

/** Whether the data in a stored text has these members as they are. */
export function hasMembers(text: string, members: SessionData): boolean {
  if (beginsWith(text, members)) return true; // as it is stored, but for keys that are numbers
  const data = fromRecord(text)?.data;
  if (!data) return false;
  return Object.entries(members).every(
    ([key, member]) => JSON.stringify(data[key]) === JSON.stringify(member),
  );
}

/** Whether the data in a stored text begins with these members, in this order. */
export function beginsWith(text: string, members: object): boolean {
  const marker = ',"data":';
  const start = text.indexOf(marker) + marker.length;
  const json = JSON.stringify(members).slice(0, -1);
  const next = text[start + json.length];
  return text.startsWith(json, start) && (next === ',' || next === '}');
}

function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

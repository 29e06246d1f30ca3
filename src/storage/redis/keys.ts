/** What is kept as it is in a key of Redis; ids that frameworks make have nothing else. */
const PLAIN = /^[\w.~-]*$/;
const NOT_PLAIN = /[^\w.~-]/gu;
const ENCODED = /%u([\dA-F]{4})|(?:%[\dA-F]{2})+/g;

/** With what all keys begin under which sessions are stored. */
const SESSIONS = 'holdover';
/** With what all keys begin that stand for a destroyed session. */
const RETIRED = 'holdover-retired';
/** With what all keys begin of records that were set aside. */
const UNREADABLE = 'holdover-unreadable';

/** Matches the keys of all sessions, of all namespaces. */
export const ALL_SESSIONS = `${SESSIONS}:*`;

/** The namespace of a key; nothing when it is not one of a session. */
export function toNamespaceOf(key: string): string {
  return /^holdover:([A-Za-z0-9_-]+):/.exec(key)?.[1] ?? '';
}

/** The names that records of one namespace have in Redis. */
export interface RedisKeys {
  /** `holdover:<namespace>:<id>`. Two ids never have the same key. */
  toKey: (id: string) => string;
  /**
   * The key that stands for the id when it was destroyed. The braces put it into the same slot of a
   * Cluster as the session, so that one script sees both.
   */
  toRetiredKey: (id: string) => string;
  /** Where a record is set aside that cannot be read. */
  toUnreadableKey: (key: string) => string;
  /** The id behind a key of this namespace; `undefined` for every other key. */
  fromKey: (key: string) => string | undefined;
  /** Matches the keys of this namespace's sessions, as SCAN takes it. */
  pattern: string;
}

/** @param namespace letters, digits, `-` and `_`: nothing that is special in a pattern */
export function createRedisKeys(namespace: string): RedisKeys {
  const prefix = `${SESSIONS}:${namespace}:`;
  return {
    toKey: (id) => prefix + encodeId(id),
    toRetiredKey: (id) => `${RETIRED}:{${prefix}${encodeId(id)}}`,
    toUnreadableKey: (key) => `${UNREADABLE}:{${key}}`,
    fromKey: (key) => (key.startsWith(prefix) ? decodeId(key.slice(prefix.length)) : undefined),
    pattern: `${prefix}*`,
  };
}

/** As in a URL; a half of a surrogate pair, which has no form in UTF-8, as `%uD800`. */
function encodeId(id: string): string {
  return PLAIN.test(id) ? id : id.replace(NOT_PLAIN, encodeSign);
}

function encodeSign(sign: string): string {
  const code = sign.charCodeAt(0);
  if (sign.length === 1 && code >= 0xd800 && code <= 0xdfff)
    return `%u${code.toString(16).toUpperCase()}`;
  // encodeURIComponent leaves some signs that are special elsewhere, as the * of patterns.
  const bytes = Buffer.from(sign).toString('hex').toUpperCase();
  return bytes.replaceAll(/../g, '%$&');
}

function decodeId(encoded: string): string | undefined {
  try {
    return encoded.replaceAll(ENCODED, (part, surrogate?: string) =>
      surrogate ? String.fromCharCode(Number.parseInt(surrogate, 16)) : decodeURIComponent(part),
    );
  } catch {
    return undefined; // not made here
  }
}

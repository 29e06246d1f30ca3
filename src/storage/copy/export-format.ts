import { fromRecord, toRecord } from '../../session/record.ts';
import type { StoredText } from '../../session/storage.ts';
import { isHeld, toParts } from '../keyv/records.ts';

/** One entry of the file: a key, and what keyv-file keeps of it around the text that Keyv makes. */
export type Entry = [key: string, held: { value?: unknown; expire?: number }];

/** A session with its id and namespace. */
interface ExportedSession extends StoredText {
  namespace: string;
  key: string;
}

/** One as it was found. */
interface FoundSession extends Omit<ExportedSession, 'expires'> {
  expires: number | undefined;
}

/** What a Keyv puts before the keys, when nothing else is said. */
const KEYV = 'keyv:';

/** The entries of a file of keyv-file's; `undefined` for a file of another kind. */
export function fromFile(text: string): Entry[] | undefined {
  try {
    const { cache } = JSON.parse(text) as { cache?: unknown };
    return Array.isArray(cache) && cache.every(isEntry) ? cache : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a file, one entry a line. */
export function toFile(entries: Entry[]): string {
  const lines = entries.map((entry) => JSON.stringify(entry)).join(',\n');
  return `{"cache":[\n${lines}\n],"lastExpire":${Date.now()}}\n`;
}

/**
 * The session in an entry, or `undefined` when it is something else.
 *
 * @returns its expiry is `undefined` when a program has stored it for ever
 */
export function fromEntry([, held]: Entry): FoundSession | undefined {
  const { value, expires } = toEnvelope(held.value);
  const { id, namespace } = value;
  const record = fromRecord(JSON.stringify(value));
  if (typeof id !== 'string' || !isNamespace(namespace) || !record) return undefined;
  const text = toRecord(JSON.stringify(record.data), record.created);
  return { namespace, key: id, text, expires };
}

/** The same for an entry of an app that keeps its sessions in the file: `createStore({ keyv })`. */
export function fromAppEntry([name, held]: Entry): FoundSession | undefined {
  const { value, expires } = toEnvelope(held.value);
  const { namespace } = toParts(name) ?? {};
  if (namespace === undefined || !isHeld(value)) return undefined;
  return { namespace, key: value.key, text: value.text, expires };
}

/**
 * The entry of a session. Its key is the id; for the same id in a second namespace, the namespace and the id.
 *
 * @param taken the keys that are in use; the new one is added
 */
export function toEntry(
  { namespace, key: id, text, expires }: ExportedSession,
  taken: Set<string>,
): Entry {
  let name = id;
  while (taken.has(KEYV + name)) name = `${namespace}:${name}`;
  taken.add(KEYV + name);
  const { created, data } = fromRecord(text) ?? {};
  const value = { v: 1, id, namespace, created, data };
  return [KEYV + name, { value: JSON.stringify({ value, expires }, escape), expire: expires }];
}

interface Envelope {
  value: { id?: unknown; namespace?: unknown };
  expires: number | undefined;
}

/** What Keyv has made a text of. */
function toEnvelope(text: unknown): Envelope {
  try {
    const { value, expires } = JSON.parse(String(text), unescape) as Partial<Envelope>;
    const isObject = typeof value === 'object' && value !== null;
    return {
      value: isObject ? value : {},
      expires: typeof expires === 'number' ? expires : undefined,
    };
  } catch {
    return { value: {}, expires: undefined }; // it is none
  }
}

/** Keyv marks texts that begin with a colon: one alone is a mark of its own. */
function escape(_: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(':') ? `:${value}` : value;
}

function unescape(_: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(':') ? value.slice(1) : value;
}

function isEntry(entry: unknown): entry is Entry {
  if (!Array.isArray(entry)) return false;
  const [key, held] = entry as unknown[];
  return typeof key === 'string' && typeof held === 'object' && held !== null;
}

function isNamespace(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_-]+$/.test(name);
}

import { isAnyArrayBuffer } from 'node:util/types';
import type { Driver, StorageMeta, StorageValue } from 'unstorage';
import { openRecords } from './adopt/open-sessions.ts';
import { noteStore } from './adopt/notes.ts';
import type { Options } from './options.ts';
import { hasNoEnd } from './session/expiry/lifetime.ts';
import type { Sessions } from './session/sessions.ts';

export type { Options } from './options.ts';

/** What is kept under a key. Bytes are in base64; anything else is as it came, which is a text mostly. */
type Content = { value: unknown } | { bytes: string };
type Item = Content & { mtime: number };

/**
 * A driver for unstorage: `createStorage({ driver: holdover() })`. It is a default export because Nitro, Nuxt and Astro
 * name a driver by its module. A write that has resolved survives the death of the process; errors of the directory or of
 * Redis reject. An item lasts until it is removed, or as long as `ttl` of `setItem` says, in seconds; `lifetime` gives
 * another default. The namespace is `unstorage` unless one is named. Nothing is opened before the first call, so a build
 * that only mounts the driver leaves no trace.
 *
 * @throws Error, in one sentence, from each call, when an option or the directory cannot be used
 */
export default function holdover(options: Options = {}): Driver<Options> {
  let opened: Sessions | undefined;
  const sessions = (): Sessions => (opened ??= open(options));

  async function find(key: string): Promise<Item | undefined> {
    return (await sessions().find(key))?.data as Item | undefined;
  }

  async function store(key: string, content: Content, ttl: number | undefined): Promise<void> {
    const item: Item = { ...content, mtime: Date.now() };
    await sessions().set(key, item, ttl ? ttl * 1000 : undefined, true);
  }

  /** Leaves no trace of it: it need not be a login, whose id would be refused for a day. */
  async function remove(key: string): Promise<void> {
    await sessions().update(key, () => undefined);
  }

  async function getKeys(base = ''): Promise<string[]> {
    const keys: string[] = [];
    for await (const { id } of sessions().all()) if (id.startsWith(base)) keys.push(id);
    return keys;
  }

  return {
    name: 'holdover',
    options,
    hasItem: async (key) => (await find(key)) !== undefined,
    getItem: async (key) => toValue(await find(key)),
    getItemRaw: async (key) => toRaw(await find(key)),
    setItem: (key, value, { ttl } = {}) => store(key, { value }, ttl),
    setItemRaw: (key, value, { ttl } = {}) => store(key, toContent(value), ttl),
    removeItem: remove,
    async getMeta(key) {
      const stored = await sessions().find(key);
      return stored ? toMeta(stored.data as Item, stored.expires) : null;
    },
    getKeys,
    async clear(base) {
      if (!base) return sessions().clear();
      for (const key of await getKeys(base)) await remove(key);
    },
  };
}

function open(options: Options): Sessions {
  noteStore('unstorage', 'named');
  return openRecords('unstorage', options);
}

function toContent(value: unknown): Content {
  const bytes = toBytes(value);
  return bytes ? { bytes: bytes.toString('base64') } : { value };
}

function toBytes(value: unknown): Buffer | undefined {
  if (isAnyArrayBuffer(value)) return Buffer.from(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** What `setItem` has stored; bytes are read as UTF-8, as from a file. */
function toValue(item: Item | undefined): StorageValue {
  if (!item) return null;
  return 'bytes' in item ? toBuffer(item.bytes).toString() : (item.value as StorageValue);
}

/** What `setItemRaw` has stored: a Buffer where that was bytes of any kind. */
function toRaw(item: Item | undefined): unknown {
  if (!item) return null;
  return 'bytes' in item ? toBuffer(item.bytes) : item.value;
}

function toBuffer(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

/** @param expires milliseconds since the epoch */
function toMeta({ mtime }: Item, expires: number): StorageMeta {
  const ttl = Math.round((expires - Date.now()) / 1000);
  return { mtime: new Date(mtime), ...(!hasNoEnd(expires) && { ttl }) };
}

import { holdsMcpClients } from '../../session/logins.ts';
import { displayRedis } from '../../storage/redis/open.ts';
import type { StorageOptions, StorageType } from '../../storage/options.ts';
import { describeDirectory } from '../../storage/directory/open.ts';

/** A store that this process has opened. */
export interface OpenedStore {
  type: StorageType;
  directory: string;
  /** Where the sessions are, for people. */
  display: string;
  namespace: string;
  /** Names the key under which sessions in a directory are sealed. */
  fingerprint: string;
  /** Whether nothing can be in it: a directory that was made just now, or memory. */
  isNew: boolean;
  /** When it was opened, in milliseconds since the epoch. */
  at: number;
  /** The root of the project and the user's state directory, by which the key of a directory is found. */
  root: string;
  stateDirectory: string;
  /** Where a session names its user, when that was said. */
  who?: string | undefined;
}

/** Whether MCP clients are in it, and no logins. */
export function isOfClients({ namespace }: OpenedStore): boolean {
  return holdsMcpClients(namespace);
}

type Listener = (store: OpenedStore) => void;

const stores: OpenedStore[] = [];
let listener: Listener | undefined;

/** Tells whoever reports on sessions that a store was opened. */
export function storeOpened(options: StorageOptions & { who?: string | undefined }): void {
  const { type, directory, namespace, root, stateDirectory, who } = options;
  const isDirectory = type === 'filesystem';
  const { fingerprint = '', isNew = type === 'memory' } =
    (isDirectory && describeDirectory(options)) || {};
  const display = isDirectory ? options.displayDirectory : displayRedis(options.redis);
  const found = { fingerprint, isNew, at: Date.now() };
  const store = { type, directory, display, namespace, root, stateDirectory, who, ...found };
  stores.push(store);
  listener?.(store);
}

/** Hears of every store, those that are open already too. */
export function onStoreOpened(hear: Listener): void {
  listener = hear;
  for (const store of stores) hear(store);
}

import type { StorageOptions } from '../storage/open.ts';
import { describeDirectory } from '../storage/opened-directories.ts';

/** A store that this process has opened. */
export interface OpenedStore {
  directory: string;
  displayDirectory: string;
  namespace: string;
  /** Names the key under which its sessions are sealed. */
  fingerprint: string;
  /** Whether the directory was made just now. */
  isNew: boolean;
}

type Listener = (store: OpenedStore) => void;

const stores: OpenedStore[] = [];
let listener: Listener | undefined;

/** Tells whoever reports on sessions that a store was opened. */
export function storeOpened({ directory, displayDirectory, namespace }: StorageOptions): void {
  const { fingerprint = '', isNew = false } = describeDirectory(directory) ?? {};
  const store = { directory, displayDirectory, namespace, fingerprint, isNew };
  stores.push(store);
  listener?.(store);
}

/** Hears of every store, those that are open already too. */
export function onStoreOpened(hear: Listener): void {
  listener = hear;
  for (const store of stores) hear(store);
}

/** A store that this process has opened. */
export interface OpenedStore {
  directory: string;
  displayDirectory: string;
  namespace: string;
}

type Listener = (store: OpenedStore) => void;

const stores: OpenedStore[] = [];
let listener: Listener | undefined;

/** Tells whoever reports on sessions that a store was opened. */
export function storeOpened({ directory, displayDirectory, namespace }: OpenedStore): void {
  const store = { directory, displayDirectory, namespace };
  stores.push(store);
  listener?.(store);
}

/** Hears of every store, those that are open already too. */
export function onStoreOpened(hear: Listener): void {
  listener = hear;
  for (const store of stores) hear(store);
}

import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import { SessionStore } from '../session/store.ts';
import { openStorage } from '../storage/open.ts';
import { openChronicle } from './chronicle.ts';
import { storeOpened } from './opened.ts';

/**
 * Opens a SessionStore and tells whoever reports on sessions of it.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function openSessionStore(options?: Options): SessionStore {
  return openResolved(resolveOptions(options));
}

/**
 * As `openSessionStore`, with every option resolved.
 *
 * @throws Error, in one sentence, for a directory that cannot be used
 */
export function openResolved(resolved: ResolvedOptions): SessionStore {
  const storage = openStorage(resolved);
  const listener = openChronicle(resolved)?.listenTo(storage);
  const store = new SessionStore(storage, resolved.lifetime, listener);
  storeOpened(resolved);
  return store;
}

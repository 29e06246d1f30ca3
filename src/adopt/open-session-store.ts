import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import { SessionStore } from '../session/store.ts';
import { openStorage } from '../storage/open.ts';
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
  const store = new SessionStore(openStorage(resolved), resolved.lifetime);
  storeOpened(resolved);
  return store;
}

import { resolveOptions, type Options } from '../options.ts';
import { SessionStore } from '../session/store.ts';
import { openStorage } from '../storage/open.ts';
import { storeOpened } from './opened.ts';

/**
 * Opens a SessionStore and tells whoever reports on sessions of it.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function openSessionStore(options?: Options): SessionStore {
  const resolved = resolveOptions(options);
  const store = new SessionStore(openStorage(resolved), resolved.lifetime);
  storeOpened(resolved);
  return store;
}

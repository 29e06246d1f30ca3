import { resolveOptions, type Options } from './options.ts';
import { SessionStore } from './session/store.ts';
import { openStorage } from './storage/open.ts';

export type { Options } from './options.ts';
export type { SessionData, StoredSession } from './session/record.ts';
export type { SessionStore } from './session/store.ts';

/**
 * Opens the store in which sessions live, by id: a crash-safe directory of sealed files. Two stores
 * with the same directory and namespace hold the same sessions.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function createSessionStore(options?: Options): SessionStore {
  const resolved = resolveOptions(options);
  return new SessionStore(openStorage(resolved), resolved.lifetime);
}

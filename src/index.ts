import { openSessions } from './adopt/open-sessions.ts';
import type { Options } from './options.ts';
import { SessionStore } from './session/store.ts';

export type { Options } from './options.ts';
export type { ConnectedRedis } from './storage/redis/place.ts';
export type { RedisOptions, RedisTlsOptions } from './storage/redis/target.ts';
export type { SessionData, StoredSession } from './session/record.ts';
export type { SessionStore } from './session/store.ts';
export { preserve, type PreserveOptions } from './state/preserve.ts';
export type { StandardSchema } from './state/schema.ts';

/**
 * Opens the store in which sessions live, by id: a crash-safe directory of sealed files, Redis, or the
 * memory of this process. Two stores with the same place and namespace hold the same sessions. Whether
 * Redis is there shows at the first call, which rejects in time when it is not.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function createSessionStore(options?: Options): SessionStore {
  return new SessionStore(openSessions(options));
}

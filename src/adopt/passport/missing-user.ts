import { replaceMethod } from '../adopted-methods.ts';
import { adviseKeep } from '../../history/explain.ts';
import { notice } from '../../options/notice.ts';
import { findOptions, noteMissingUser } from '../notes.ts';
import { findUsersFile } from './find-users-file.ts';

/** What a request of Express or Fastify says of its session. */
export interface SessionRequest {
  session?: { sessionId?: unknown };
  sessionID?: unknown;
}

type Authenticate = (this: object, request: object, options: unknown) => unknown;

/**
 * Replaces the strategy for sessions of passport by one to which a login whose user is not found is a logout.
 *
 * @param isKnown whether a strategy has what is replaced in it
 * @returns whether it is a strategy at all; if not, nothing is changed
 */
export function replaceStrategy<Strategy extends object>(
  prototype: { authenticate?: unknown } | undefined,
  isKnown: (strategy: Strategy) => boolean,
  withLogout: (strategy: Strategy) => object,
): boolean {
  if (!prototype) return false;
  return replaceMethod(prototype, 'authenticate', (theirs: Authenticate): Authenticate => {
    return function (request, options) {
      const strategy = this as Strategy;
      const asking = isKnown(strategy) ? withLogout(strategy) : strategy;
      return Reflect.apply(theirs, asking, [request, options]);
    };
  });
}

/** How apps, and passport itself after `done(null, undefined)`, say in an error that there is no such user. */
const SAYS_NO_USER =
  /^Failed to deserialize user|\b(no|no such|unknown|missing) user\b|\buser\b.{0,40}\b(not found|unknown|missing|not exist|no longer exists)\b/i;

/**
 * Whether a deserializer has found no user: it has answered nothing, or an error that says so. Any other
 * error, as that of a database that is down, is the app's.
 */
export function isMissing(error: unknown, found: unknown): boolean {
  if (!error) return !found;
  const { message, code } = error as { message?: unknown; code?: unknown };
  return code === undefined && SAYS_NO_USER.test(String(message));
}

/** Where the app has its users in memory; looked up once. */
let usersFile: { path: string | undefined } | undefined;

/**
 * Has the login of a request count as a logout, as its user is not found, and says so once.
 *
 * @param deserializers those of the app: without one, no user is ever found, which is the app's to mend
 * @returns `false` in production, where passport's own answer stands
 */
export function countAsLogout(request: SessionRequest, deserializers?: unknown[]): boolean {
  if (deserializers?.length === 0 || findOptions()?.isProduction !== false) return false;
  const { path } = (usersFile ??= { path: findUsersFile(process.argv[1]) });
  notice(
    `A session was kept and its user was not, so it counts as logged out: ${adviseKeep(path)}.`,
  );
  const id = request.sessionID ?? request.session?.sessionId;
  if (typeof id === 'string') noteMissingUser(id, path);
  return true;
}

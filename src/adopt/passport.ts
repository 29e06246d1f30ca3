import { adviseKeep } from '../history/sentence.ts';
import { notice } from '../options/notice.ts';
import { replaceMethod } from './adopted-methods.ts';
import { findUsersFile } from './find-users-file.ts';
import { findOptions, noteMissingUser } from './notes.ts';

/** What a request of Express or Fastify says of its session. */
interface PassportRequest {
  session?: { sessionId?: unknown };
  sessionID?: unknown;
  /** What `passport` puts there, and @fastify/passport. */
  _passport?: { instance?: { _deserializers?: unknown[] } };
  passport?: { deserializers?: unknown[] };
}

type Strategy = Record<string, unknown>;
type StrategyClass = { prototype: object } | undefined;
type Authenticate = (this: Strategy, request: PassportRequest, options: unknown) => unknown;
type Done = (error: unknown, user?: unknown) => void;

/**
 * Has passport take a login whose user is not found for a logout, in development: an app with users in memory would
 * otherwise answer each of its requests with an error, or log its user out without a word. It is what
 * `done(null, false)` in a deserializer is to passport. Other errors are the app's.
 *
 * `_deserializeUser` is not documented; it is the same in passport 0.4 to 0.7, pinned by
 * `test/adopt/missing-user.process.test.ts`, as is that of @fastify/passport 3. Where it is missing nothing changes.
 */
export function adoptPassport(exported: unknown): undefined {
  const { strategies } = (exported ?? {}) as { strategies?: { SessionStrategy?: StrategyClass } };
  type Deserialize = (user: unknown, request: PassportRequest, done: Done) => void;
  wrapDeserializer<Deserialize>(
    strategies?.SessionStrategy,
    '_deserializeUser',
    (deserialize) => (user, request, done) =>
      deserialize(user, request, (error, found) =>
        isLogout(request, error, found) ? done(null, false) : done(error, found),
      ),
  );
}

/** Has @fastify/passport do the same. */
export function adoptFastifyPassport(exported: unknown): undefined {
  const { SessionStrategy } = exported as { SessionStrategy?: StrategyClass };
  type Deserialize = (user: unknown, request: PassportRequest) => Promise<unknown>;
  wrapDeserializer<Deserialize>(
    SessionStrategy,
    'deserializeUser',
    (deserialize) => async (user, request) => {
      try {
        const found = await deserialize(user, request);
        return isLogout(request, undefined, found) ? false : found;
      } catch (error) {
        if (isLogout(request, error)) return false;
        throw error;
      }
    },
  );
}

function wrapDeserializer<Deserialize extends (...words: never[]) => unknown>(
  strategy: StrategyClass,
  name: string,
  wrap: (deserialize: Deserialize) => Deserialize,
): void {
  if (!strategy) return;
  replaceMethod(strategy.prototype, 'authenticate', (theirs: Authenticate): Authenticate => {
    return function (request, options) {
      const own = this[name];
      if (typeof own !== 'function') return Reflect.apply(theirs, this, [request, options]);
      const value = wrap(own.bind(this) as Deserialize);
      const wrapped = Object.create(this, { [name]: { value } }) as Strategy;
      return Reflect.apply(theirs, wrapped, [request, options]);
    };
  });
}

/** How apps, and passport itself after `done(null, undefined)`, say in an error that there is no such user. */
const SAYS_NO_USER =
  /^Failed to deserialize user|\b(no|no such|unknown|missing) user\b|\buser\b.{0,40}\b(not found|unknown|missing|not exist|no longer exists)\b/i;

/** Whether a deserializer has answered with nothing, or with an error that says that there is no such user. */
function isMissing(error: unknown, found: unknown): boolean {
  if (!error) return !found;
  const { message, code } = error as { message?: unknown; code?: unknown };
  return code === undefined && SAYS_NO_USER.test(String(message));
}

/** The file where the app has its users in memory; looked up once. */
let usersFile: { path: string | undefined } | undefined;

/** Whether the login of a request counts as a logout. Says so, once. */
function isLogout(request: PassportRequest, error: unknown, found?: unknown): boolean {
  if (!isMissing(error, found) || findOptions()?.isProduction !== false) return false;
  const { _passport, passport } = request;
  const deserializers = _passport?.instance?._deserializers ?? passport?.deserializers;
  if (deserializers?.length === 0) return false; // no user is ever found, which is the app's to mend
  const { path } = (usersFile ??= { path: findUsersFile(process.argv[1]) });
  notice(
    `A session was kept and its user was not, so it counts as logged out: ${adviseKeep(path)}.`,
  );
  const id = request.sessionID ?? request.session?.sessionId;
  if (typeof id === 'string') noteMissingUser(id, path);
  return true;
}

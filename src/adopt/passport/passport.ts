import { createDebug } from 'obug';
import type { PackageVisit } from '../commonjs-hook.ts';
import {
  isMissingUser,
  logOutMissingUsers,
  sayMissingUser,
  type SessionRequest,
} from './missing-user.ts';

const debug = createDebug('holdover:adopt');

/** `user` as `serializeUser` has made it. */
type DeserializeUser = (
  user: unknown,
  request: unknown,
  done: (error: unknown, user?: unknown) => void,
) => void;

/** The strategy behind `passport.session()`. */
interface SessionStrategy {
  /** Where in the session passport keeps what is its own; version 0.4 says it elsewhere. */
  _key?: string;
  _deserializeUser: DeserializeUser;
}

interface PassportRequest extends SessionRequest {
  _passport?: {
    session?: { user?: unknown };
    instance?: { _key?: string; _deserializers?: unknown[] };
  };
}

interface PassportModule {
  strategies?: { SessionStrategy?: { prototype: { authenticate?: unknown } } };
}

/**
 * Has passport take a login that was held over for a logout when the app no longer knows its user: an app
 * with users in memory would otherwise answer each of its requests with an error, until the cookie is
 * deleted. It is what `done(null, false)` in a deserializer is to passport. Other errors, and logins that
 * the app has made since it runs, are left as they are.
 *
 * `_deserializeUser` and `_key` are not documented; they are the same in passport 0.4 to 0.7, pinned by
 * `test/adopt/passport.process.test.ts`. Where they are missing nothing is changed.
 */
export const passport: PackageVisit = {
  name: 'passport',
  mainFile: /[\\/]passport[\\/]lib[\\/]index\.js$/,
  visit({ filename, exports }) {
    const { SessionStrategy } = (exports as PassportModule | undefined)?.strategies ?? {};
    const isFound = logOutMissingUsers(SessionStrategy?.prototype, {
      isKnown: ({ _deserializeUser: found }: SessionStrategy) => typeof found === 'function',
      isLoggedIn,
      withLogout,
    });
    if (!isFound) debug('%s has no strategy for sessions: left alone', filename);
  },
};

function isLoggedIn({ _key: key }: SessionStrategy, request: PassportRequest): boolean {
  const session = request.session as Record<string, { user?: unknown } | undefined> | undefined;
  const { session: own, instance } = request._passport ?? {};
  const { user } = (key === undefined ? own : session?.[key]) ?? {};
  // Without a deserializer nobody is ever found, which is the app's to mend.
  return Boolean(user || user === 0) && instance?._deserializers?.length !== 0;
}

/** The same strategy, to which a user who is not there is logged out. */
function withLogout(strategy: SessionStrategy): SessionStrategy {
  const deserializeUser: DeserializeUser = (user, request, done) =>
    strategy._deserializeUser(user, request, (error, found) => {
      if (!isMissingUser(error)) return done(error, found);
      sayMissingUser(request as SessionRequest);
      return done(null, false);
    });
  return Object.create(strategy, { _deserializeUser: { value: deserializeUser } });
}

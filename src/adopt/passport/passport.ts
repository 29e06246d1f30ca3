import { createDebug } from 'obug';
import type { PackageVisit } from '../commonjs-hook.ts';
import { countAsLogout, isMissing, replaceStrategy, type SessionRequest } from './missing-user.ts';

const debug = createDebug('holdover:adopt');

/** `user` as `serializeUser` has made it. */
type DeserializeUser = (
  user: unknown,
  request: unknown,
  done: (error: unknown, user?: unknown) => void,
) => void;

/** The strategy behind `passport.session()`. */
interface SessionStrategy {
  _deserializeUser: DeserializeUser;
}

interface PassportRequest extends SessionRequest {
  _passport?: { instance?: { _deserializers?: unknown[] } };
}

interface PassportModule {
  strategies?: { SessionStrategy?: { prototype: { authenticate?: unknown } } };
}

/**
 * Has passport take a login whose user is not found for a logout, in development: an app with users in memory
 * would otherwise answer each of its requests with an error, or log its user out without a word. It is what
 * `done(null, false)` in a deserializer is to passport. Other errors are left as they are.
 *
 * `_deserializeUser` is not documented; it is the same in passport 0.4 to 0.7, pinned by
 * `test/adopt/missing-user.process.test.ts`. Where it is missing nothing is changed.
 */
export const passport: PackageVisit = {
  name: 'passport',
  mainFile: /[\\/]passport[\\/]lib[\\/]index\.js$/,
  visit({ filename, exports }) {
    const { SessionStrategy } = (exports as PassportModule | undefined)?.strategies ?? {};
    const isKnown = ({ _deserializeUser: found }: SessionStrategy): boolean =>
      typeof found === 'function';
    const isFound = replaceStrategy(SessionStrategy?.prototype, isKnown, withLogout);
    if (!isFound) debug('%s has no strategy for sessions: left alone', filename);
  },
};

/** The same strategy, to which a login whose user is not found is a logout. */
function withLogout(strategy: SessionStrategy): SessionStrategy {
  const deserializeUser: DeserializeUser = (user, request, done) =>
    strategy._deserializeUser(user, request, (error, found) => {
      const { _passport } = request as PassportRequest;
      const isLogout =
        isMissing(error, found) &&
        countAsLogout(request as PassportRequest, _passport?.instance?._deserializers);
      return isLogout ? done(null, false) : done(error, found);
    });
  return Object.create(strategy, { _deserializeUser: { value: deserializeUser } });
}

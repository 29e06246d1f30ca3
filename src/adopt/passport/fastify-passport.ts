import { createDebug } from 'obug';
import type { PackageVisit } from '../commonjs-hook.ts';
import { countAsLogout, isMissing, replaceStrategy, type SessionRequest } from './missing-user.ts';

const debug = createDebug('holdover:adopt');

/** The strategy behind `fastifyPassport.secureSession()`. */
interface SessionStrategy {
  deserializeUser: (user: unknown, request: unknown) => Promise<unknown>;
}

interface PassportRequest extends SessionRequest {
  passport?: { deserializers?: unknown[] };
}

/**
 * Has @fastify/passport take a login whose user is not found for a logout, as `passport` does.
 *
 * The strategy is not exported: it is looked for in the file in which version 3 has it, pinned by
 * `test/adopt/missing-user.process.test.ts`, and in the one of other versions.
 */
export const fastifyPassport: PackageVisit = {
  name: '@fastify/passport',
  mainFile:
    /[\\/]@fastify[\\/]passport[\\/]dist[\\/]strategies[\\/](SessionStrategy|session-strategy)\.js$/,
  visit({ filename, exports }) {
    const { SessionStrategy } = exports as {
      SessionStrategy?: { prototype: { authenticate?: unknown } };
    };
    const isKnown = ({ deserializeUser: found }: SessionStrategy): boolean =>
      typeof found === 'function';
    const isFound = replaceStrategy(SessionStrategy?.prototype, isKnown, withLogout);
    if (!isFound) debug('%s has no strategy for sessions: left alone', filename);
  },
};

/** The same strategy, to which a login whose user is not found is a logout. */
function withLogout(strategy: SessionStrategy): SessionStrategy {
  const deserializeUser: SessionStrategy['deserializeUser'] = async (user, request) => {
    const { passport } = request as PassportRequest;
    const isLogout = (error: unknown, found?: unknown): boolean =>
      isMissing(error, found) && countAsLogout(request as PassportRequest, passport?.deserializers);
    try {
      const found = await strategy.deserializeUser(user, request);
      return isLogout(undefined, found) ? false : found;
    } catch (error) {
      if (isLogout(error)) return false;
      throw error;
    }
  };
  return Object.create(strategy, { deserializeUser: { value: deserializeUser } });
}

import { createDebug } from 'obug';
import type { PackageVisit } from '../commonjs-hook.ts';
import {
  isMissingUser,
  logOutMissingUsers,
  sayMissingUser,
  type SessionRequest,
} from './missing-user.ts';

const debug = createDebug('holdover:adopt');

/** The strategy behind `fastifyPassport.secureSession()`. */
interface SessionStrategy {
  deserializeUser: (user: unknown, request: unknown) => Promise<unknown>;
}

interface PassportRequest extends SessionRequest {
  passport?: {
    deserializers?: unknown[];
    sessionManager?: { getUserFromSession?: (request: object) => unknown };
  };
}

/**
 * Has @fastify/passport take a login that was held over for a logout when the app no longer knows its user,
 * as `passport` does: otherwise its next request fails.
 *
 * The strategy is not exported: it is looked for in the file in which version 3 has it, pinned by
 * `test/adopt/passport.process.test.ts`, and in the one of other versions.
 */
export const fastifyPassport: PackageVisit = {
  name: '@fastify/passport',
  mainFile:
    /[\\/]@fastify[\\/]passport[\\/]dist[\\/]strategies[\\/](SessionStrategy|session-strategy)\.js$/,
  visit({ filename, exports }) {
    const { SessionStrategy } = exports as {
      SessionStrategy?: { prototype: { authenticate?: unknown } };
    };
    const isFound = logOutMissingUsers(SessionStrategy?.prototype, {
      isKnown: ({ deserializeUser: found }: SessionStrategy) => typeof found === 'function',
      isLoggedIn: (_: SessionStrategy, request: PassportRequest) => isLoggedIn(request),
      withLogout,
    });
    if (!isFound) debug('%s has no strategy for sessions: left alone', filename);
  },
};

function isLoggedIn(request: PassportRequest): boolean {
  const user = request.passport?.sessionManager?.getUserFromSession?.(request);
  // Without a deserializer nobody is ever found, which is the app's to mend.
  return Boolean(user || user === 0) && request.passport?.deserializers?.length !== 0;
}

/** The same strategy, to which a user who is not there is logged out. */
function withLogout(strategy: SessionStrategy): SessionStrategy {
  const deserializeUser: SessionStrategy['deserializeUser'] = async (user, request) => {
    try {
      return await strategy.deserializeUser(user, request);
    } catch (error) {
      if (!isMissingUser(error)) throw error;
      sayMissingUser(request as SessionRequest);
      return false;
    }
  };
  return Object.create(strategy, { deserializeUser: { value: deserializeUser } });
}

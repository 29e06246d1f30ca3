import { createDebug } from 'obug';
import type { PackageVisit } from '../commonjs-hook.ts';
import {
  hasHeldOverLogin,
  isMissingUser,
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

type Authenticate = (this: object, request: PassportRequest, options: unknown) => unknown;

/**
 * Has @fastify/passport take a login that was held over for a logout when the app no longer knows its user,
 * as `passport` does: otherwise its next request fails.
 *
 * The strategy is not exported: it is looked for in the file in which version 3 has it, pinned by
 * `test/adopt/passport.test.ts`, and in the one of other versions.
 */
export const fastifyPassport: PackageVisit = {
  name: '@fastify/passport',
  mainFile:
    /[\\/]@fastify[\\/]passport[\\/]dist[\\/]strategies[\\/](SessionStrategy|session-strategy)\.js$/,
  visit({ filename, exports }) {
    const { SessionStrategy } = exports as {
      SessionStrategy?: { prototype: { authenticate?: Authenticate } };
    };
    const theirs = SessionStrategy?.prototype.authenticate;
    if (!SessionStrategy || typeof theirs !== 'function') {
      debug('%s has no strategy for sessions: left alone', filename);
      return;
    }
    SessionStrategy.prototype.authenticate = function authenticate(request, options) {
      const strategy = this as SessionStrategy;
      const isHeldOver =
        typeof strategy.deserializeUser === 'function' &&
        hasHeldOverLogin(request, isLoggedIn(request));
      const self = isHeldOver ? withLogout(strategy) : strategy;
      return Reflect.apply(theirs, self, [request, options]);
    };
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

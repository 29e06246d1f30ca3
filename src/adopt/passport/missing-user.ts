import { replaceMethod } from '../adopted-methods.ts';
import { adoptedStores } from '../adopted.ts';
import { notice } from '../../options/notice.ts';
import { noteMissingUser } from '../notes.ts';
import { adviseKeep } from './advise-keep.ts';
import { isOwnLogin, noteNobody } from './own-logins.ts';

/** What a request of Express or Fastify says of its session. */
export interface SessionRequest {
  session?: { sessionId?: unknown };
  sessionID?: unknown;
  sessionStore?: unknown;
}

/**
 * Whether a request has a login that was held over: one of an adopted store that was made before the store
 * was. An app that keeps its users in memory may know them no longer.
 *
 * @param isLoggedIn whether the session names a user
 */
function hasHeldOverLogin(request: SessionRequest, isLoggedIn: boolean): boolean {
  const { sessionStore: store } = request;
  const id = toId(request);
  if (typeof store !== 'object' || store === null || id === undefined) return false;
  if (!adoptedStores.find(store)) return false;
  if (!isLoggedIn) noteNobody(store, id);
  return isLoggedIn && !isOwnLogin(store, id);
}

/** What to do about it; looked up once. */
let advice: string | undefined;

/** Says that the user of a login that was held over is not there, and that it counts as logged out. */
export function sayMissingUser(request: SessionRequest): void {
  advice ??= adviseKeep();
  notice(
    `A session was kept and its user was not (deserializeUser has found nobody), so it counts as logged out. ${advice}`,
  );
  noteMissingUser(toId(request) ?? '');
}

type Authenticate = (this: object, request: object, options: unknown) => unknown;

/** What a strategy for sessions is, in one of the packages. */
interface StrategyKind<Strategy, Request> {
  /** Whether a strategy has what is replaced in it. */
  isKnown(strategy: Strategy): boolean;
  /** Whether the session names a user, and the app could find one. */
  isLoggedIn(strategy: Strategy, request: Request): boolean;
  /** The same strategy, to which a user who is not there is logged out. */
  withLogout(strategy: Strategy): object;
}

/**
 * Has a strategy for sessions take a held-over login for a logout when its user is not there.
 *
 * @returns whether it is a strategy at all; if not, nothing is changed
 */
export function logOutMissingUsers<Strategy extends object, Request extends SessionRequest>(
  prototype: { authenticate?: unknown } | undefined,
  { isKnown, isLoggedIn, withLogout }: StrategyKind<Strategy, Request>,
): boolean {
  if (!prototype) return false;
  return replaceMethod(prototype, 'authenticate', (theirs: Authenticate): Authenticate => {
    return function (request, options) {
      const strategy = this as Strategy;
      const asked = request as Request;
      const isHeldOver = isKnown(strategy) && hasHeldOverLogin(asked, isLoggedIn(strategy, asked));
      const asking = isHeldOver ? withLogout(strategy) : strategy;
      return Reflect.apply(theirs, asking, [request, options]);
    };
  });
}

/** passport says it so when every deserializer has passed, or has found `undefined`. */
export function isMissingUser(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return message.startsWith('Failed to deserialize user out of session');
}

function toId({ sessionID, session }: SessionRequest): string | undefined {
  const id = sessionID ?? session?.sessionId;
  return typeof id === 'string' ? id : undefined;
}

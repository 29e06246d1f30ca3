import { adoptedStores } from '../adopted.ts';
import { notice } from '../held-over/notice.ts';
import { noteMissingUser } from '../notes.ts';
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
export function hasHeldOverLogin(request: SessionRequest, isLoggedIn: boolean): boolean {
  const { sessionStore: store } = request;
  const id = toId(request);
  if (typeof store !== 'object' || store === null || id === undefined) return false;
  if (!adoptedStores.find(store)) return false;
  if (!isLoggedIn) noteNobody(store, id);
  return isLoggedIn && !isOwnLogin(store, id);
}

/** Says that the user of a login that was held over is not there, and that it counts as logged out. */
export function sayMissingUser(request: SessionRequest): void {
  notice(
    'A session was kept and its user was not (deserializeUser has found nobody), so it counts as logged out. Keep users in a file or a database, and logins survive a restart.',
  );
  noteMissingUser(toId(request) ?? '');
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

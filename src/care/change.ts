import type { CareOptions } from './project.ts';

/** Which session is changed, and who does it. */
export interface ChangeOptions extends CareOptions {
  /**
   * Who does it, as it shall stand in the answer to "Why was I logged out?": `destroyed by …`.
   * @default "a program"
   */
  by?: string | undefined;
}

/** What becomes of one member of the data of a session. */
export interface SessionChange {
  /** The names of the members that lead to it, at least one: `['cart', '0', 'name']`. Those before the last are there. */
  path: string[];
  /** Plain JSON that comes in its place; `undefined` removes it. */
  value?: unknown;
  /** What stands there for who wants to change it; `undefined` for nothing. @default anything */
  was?: unknown;
}

/** A session is no longer as it was for who wanted to change it. */
export class SessionChangedError extends Error {}

/**
 * Changes one member of the data of a live session, in one step against all other processes. What the app
 * asks for next is the changed session. When it was created, when it expires and its cookie stay as they
 * are. A request that has read the session before may still store what it has.
 *
 * @param id all of it
 * @returns whether there is such a session
 * @throws SessionChangedError when something else than `was` stands there
 * @throws TypeError, in one sentence, for a path or a value that cannot be used
 * @throws Error, in one sentence, for the session of an MCP client and the records of oidc-provider, which
 * are not edited, for an id that several namespaces have, and when the place cannot be written
 */
export function changeSession(
  _id: string,
  _change: SessionChange,
  _options: ChangeOptions = {},
): Promise<boolean> {
  throw new Error('Not there yet.');
}

/**
 * Ends a live session as if its time were over: when this resolves, it has expired. Its id is not refused;
 * a request that is under way may store it again.
 *
 * @param id all of it
 * @returns whether there was such a session
 * @throws Error, in one sentence, for an id that several namespaces have, and when the place cannot be written
 */
export function expireSession(_id: string, _options: ChangeOptions = {}): Promise<boolean> {
  throw new Error('Not there yet.');
}

/**
 * Ends a live session as a logout does: its id is refused from then on.
 *
 * @param id all of it
 * @returns whether there was such a session
 * @throws Error, in one sentence, for an id that several namespaces have, and when the place cannot be written
 */
export function destroySession(_id: string, _options: ChangeOptions = {}): Promise<boolean> {
  throw new Error('Not there yet.');
}

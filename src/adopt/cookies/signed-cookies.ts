import type { NamedSession } from '../../asking/questions.ts';
import type { CookieAttributes, CookieText, WrittenCookie } from '../../history/session-cookie.ts';
import type { StoredSession } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';
import { ofOwnCookie } from './cookie-expiry.ts';

/** What is in the cookie of a session. */
export interface CookieContent {
  /**
   * What the cookie is set with.
   * @default what the session says of its cookie
   */
  toAttributes?: (session: StoredSession) => CookieAttributes;
  /**
   * What is signed.
   * @default the id of the session
   */
  toText?: (id: string) => string;
}

interface Known extends Required<CookieContent> {
  cookie: WrittenCookie;
  sessions: Sessions;
}

interface Registry {
  /** The namespaces of what was opened. */
  namespaces: WeakMap<Sessions, string>;
  /** The cookie that names the sessions of a namespace, the one that was told last. */
  cookies: Map<string, Known>;
}

/** One for all copies of this module: a dev server may evaluate its configuration, and us, anew. */
const REGISTRY = Symbol.for('holdover.cookies.1');

const registry = ((globalThis as { [REGISTRY]?: Registry })[REGISTRY] ??= {
  namespaces: new WeakMap(),
  cookies: new Map(),
});

/** Says where sessions lie that were opened. */
export function nameSessions(sessions: Sessions, namespace: string): void {
  registry.namespaces.set(sessions, namespace);
}

/**
 * Says by which cookie the framework of the app finds sessions.
 *
 * @param secret as the framework takes it
 */
export function addSignedCookie(
  cookie: Omit<WrittenCookie, 'secrets'>,
  secret: unknown,
  sessions: Sessions,
  { toAttributes = ofOwnCookie, toText = (id) => id }: CookieContent = {},
): void {
  const namespace = registry.namespaces.get(sessions);
  if (namespace === undefined) return;
  const known = { ...cookie, secrets: toSecretTexts(secret) };
  registry.cookies.set(namespace, { cookie: known, sessions, toAttributes, toText });
}

/** The secrets that a framework takes as they are, the newest first; `undefined` where it is given a signer. */
export function toSecretTexts(secret: unknown): (string | Buffer)[] | undefined {
  const texts = [secret].flat().filter((text) => typeof text === 'string' || Buffer.isBuffer(text));
  return texts.length > 0 ? (texts as (string | Buffer)[]) : undefined;
}

/**
 * Signs the cookie of a session of this process as the framework of the app does, in development only.
 *
 * @returns `null` for a session that is not there, and where it is not known how the app signs its cookie
 */
export async function signCookie({ namespace, id }: NamedSession): Promise<CookieText | null> {
  const known = registry.cookies.get(namespace);
  const session = await known?.sessions.find(id);
  if (!known || !session) return null;
  // An app that starts does not wait for it.
  const { writeSessionCookie } = await import('../../history/session-cookie.ts');
  try {
    const { cookie, toText, toAttributes } = known;
    return writeSessionCookie(cookie, toText(id), toAttributes(session)) ?? null;
  } catch {
    return null; // what the app has chosen cannot stand in a cookie
  }
}

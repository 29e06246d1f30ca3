import type { NamedSession } from '../asking/questions.ts';
import type { CookieAttributes, CookieText, WrittenCookie } from '../history/session-cookie.ts';
import type { StoredSession } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { ofOwnCookie } from './cookie-expiry.ts';

interface Known {
  cookie: WrittenCookie;
  sessions: Sessions;
  toAttributes: (session: StoredSession) => CookieAttributes;
}

interface Registry {
  /** The namespaces of the sessions that were opened. */
  namespaces: WeakMap<Sessions, string>;
  /** By namespace, the cookie that names its sessions: the one that was told last. */
  cookies: Map<string, Known>;
}

/** One for all copies of this module: a dev server may evaluate its configuration, and us, anew. */
const REGISTRY = Symbol.for('holdover.cookies.1');

const registry = ((globalThis as { [REGISTRY]?: Registry })[REGISTRY] ??= {
  namespaces: new WeakMap(),
  cookies: new Map(),
});

/** Remembers the namespace of sessions. */
export function nameSessions(sessions: Sessions, namespace: string): void {
  registry.namespaces.set(sessions, namespace);
}

/** Remembers by which cookie the framework of the app finds sessions. */
export function addSignedCookie(
  cookie: Omit<WrittenCookie, 'secrets'>,
  secret: unknown,
  sessions: Sessions,
  toAttributes = ofOwnCookie,
): void {
  const namespace = registry.namespaces.get(sessions);
  if (namespace === undefined) return;
  const known = { ...cookie, secrets: toSecretTexts(secret) };
  registry.cookies.set(namespace, { cookie: known, sessions, toAttributes });
}

/** Returns the secrets that a framework takes as they are, newest first; `undefined` if it is given a signer. */
export function toSecretTexts(secret: unknown): (string | Buffer)[] | undefined {
  const texts = [secret].flat().filter((text) => typeof text === 'string' || Buffer.isBuffer(text));
  return texts.length > 0 ? (texts as (string | Buffer)[]) : undefined;
}

/**
 * Signs the cookie of a session of this process as the framework of the app does, in development only.
 *
 * @returns `null` if there is no such session, or it is not known how the app signs its cookie
 */
export async function signCookie({ namespace, id }: NamedSession): Promise<CookieText | null> {
  const known = registry.cookies.get(namespace);
  const session = await known?.sessions.find(id);
  if (!known || !session) return null;
  // An app that starts does not wait for it.
  const { writeSessionCookie } = await import('../history/session-cookie.ts');
  try {
    return writeSessionCookie(known.cookie, id, known.toAttributes(session)) ?? null;
  } catch {
    return null; // an attribute that the app has chosen cannot stand in a cookie
  }
}

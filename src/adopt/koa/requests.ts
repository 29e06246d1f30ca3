import type { CookieAttributes, CookieForm } from '../../history/session-cookie.ts';
import { sessionBegun } from '../../history/seen-requests.ts';
import type { StoredSession } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';
import { watchSecret } from '../cookies/app-secret.ts';
import { noteCookie } from '../notes.ts';
import { addSignedCookie, type CookieContent } from '../cookies/signed-cookies.ts';

/** What is known of a request by its Koa context. */
export interface KoaContext {
  app: { keys?: unknown };
  req: object;
}

/** What an app tells of a cookie of Koa. */
export interface KoaCookie extends Omit<CookieAttributes, 'maxAge'> {
  signed?: boolean | undefined;
  /** Milliseconds, or `session`. */
  maxAge?: number | string | null | undefined;
  /** Its old name. */
  maxage?: number | null | undefined;
}

/** What is in the cookie of a session. */
interface KoaContent extends Pick<CookieContent, 'toText'> {
  /** What the app says of it. */
  toSettings: (session: StoredSession) => KoaCookie;
}

/** The names of cookies that were noted, by apps. */
const noted = new WeakMap<object, Set<string>>();

/** Hears that a session is begun anew for a request, and of the keys that the app has by then. */
export function hearKoa(
  framework: string,
  { app, req }: KoaContext,
  cookie: (KoaCookie & { name: string }) | undefined,
): void {
  if (cookie) noteKeys(framework, app, cookie);
  sessionBegun(req, framework);
}

/**
 * Says by which cookie Koa finds sessions, with the keys that the app has by now.
 *
 * @param cookie its settings as the app has given them
 */
export function addKoaCookie(
  app: KoaContext['app'],
  { name, signed = true }: KoaCookie & { name: string },
  sessions: Sessions,
  { toSettings, toText }: KoaContent,
): void {
  const cookie = { name, prefix: '', form: toForm(signed) };
  addSignedCookie(cookie, app.keys, sessions, {
    ...(toText && { toText }),
    toAttributes(session) {
      const { maxAge, maxage, ...attributes } = toSettings(session);
      const lasts = maxage || maxAge;
      if (typeof lasts !== 'number') return attributes;
      return { ...attributes, expires: new Date(Date.now() + lasts) };
    },
  });
}

/** Its signature is in a cookie of its own. */
function toForm(signed: boolean): CookieForm {
  return signed ? 'signed beside' : 'plain';
}

/**
 * Notes the keys with which an app signs a cookie, once: Koa reads `app.keys` at each request, and an app may
 * set them until then.
 *
 * @param where the app says them
 */
export function noteKeys(
  framework: string,
  app: KoaContext['app'],
  { name, signed = true, ...settings }: KoaCookie & { name: string },
  where = ' as app.keys',
): void {
  const names = noted.get(app) ?? new Set();
  if (names.has(name)) return;
  noted.set(app, names.add(name));
  const keys = signed ? app.keys : undefined;
  const known = { framework, name, prefix: '', form: toForm(signed) };
  noteCookie(known, keys, settings, watchSecret(framework, keys, undefined, where));
}

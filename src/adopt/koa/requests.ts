import { sessionBegun } from '../../history/seen-requests.ts';
import { watchSecret } from '../app-secret.ts';
import { noteCookie } from '../notes.ts';

/** What is known of a request by its Koa context. */
export interface KoaContext {
  app: { keys?: unknown };
  req: object;
}

/** What an app tells of a cookie of Koa. */
export interface KoaCookie {
  signed?: boolean | undefined;
  secure?: unknown;
  sameSite?: unknown;
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
  const known = { framework, name, prefix: '', isSignedBeside: true };
  noteCookie(known, keys, settings, watchSecret(framework, keys, undefined, where));
}

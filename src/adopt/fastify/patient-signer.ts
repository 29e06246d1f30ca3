import { Recent } from '../../session/recent.ts';
import { isSignedWith, signWith } from '../../history/session-cookie.ts';

/** How many cookies are remembered that an old secret has signed. */
const MOST = 10_000;

/** What @fastify/session takes in the place of a secret. */
export interface CookieSigner {
  sign(id: string): string;
  unsign(cookie: string): { valid: boolean; renew: boolean; value: string | null };
}

/**
 * Signs cookies with the first of several secrets, and takes what any of them has signed.
 *
 * @fastify/session takes a cookie that it would sign otherwise for one of another session: with
 * `saveUninitialized: false` its answer clears the cookie, and the person is logged out at the first
 * request after a new secret. So a cookie that an old secret has signed stays as it is until the session
 * gets another id.
 *
 * @param secrets the newest first
 */
export function createPatientSigner([newest = '', ...old]: string[]): CookieSigner {
  const kept = new Recent<string>(MOST);
  return {
    sign: (id) => kept.get(id) ?? signWith(newest, id),
    unsign(cookie) {
      const dot = cookie.lastIndexOf('.');
      const [id, signature] = [cookie.slice(0, Math.max(0, dot)), cookie.slice(dot + 1)];
      if (dot > 0 && isSignedWith(newest, id, signature)) {
        kept.delete(id);
        return { valid: true, renew: false, value: id };
      }
      if (dot <= 0 || !old.some((secret) => isSignedWith(secret, id, signature))) {
        return { valid: false, renew: false, value: null };
      }
      kept.set(id, cookie);
      return { valid: true, renew: true, value: id };
    },
  };
}

import cookieSignature from 'cookie-signature';
import { Recent } from '../session/recent.ts';

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
    sign: (id) => kept.get(id) ?? cookieSignature.sign(id, newest),
    unsign(cookie) {
      const id = cookieSignature.unsign(cookie, newest);
      if (id) {
        kept.delete(id);
        return { valid: true, renew: false, value: id };
      }
      const oldId = old.map((secret) => cookieSignature.unsign(cookie, secret)).find(Boolean);
      if (!oldId) return { valid: false, renew: false, value: null };
      kept.set(oldId, cookie);
      return { valid: true, renew: true, value: oldId };
    },
  };
}

import { createHmac } from 'node:crypto';
import { parse } from 'cookie';
import { unsign } from 'cookie-signature';

/** A cookie by which a framework finds sessions. */
export interface WatchedCookie {
  framework: string;
  name: string;
  /** What stands before the id: `s:`, or nothing. */
  prefix: string;
  /** Whether its signature is in a cookie of its own, as Koa has it. */
  isSignedBeside?: boolean;
  /** `undefined` when the app signs by means of its own. */
  secrets: (string | Buffer)[] | undefined;
  /** Whether it is set over HTTPS only. */
  secure: boolean;
}

/** What has come of a cookie. */
export type CookieFinding =
  | { is: 'missing' }
  /** Not in the form that the framework gives it. */
  | { is: 'foreign' }
  | { is: 'badly signed' | 'good'; id: string };

/** Looks at the cookie of a request as its framework does. */
export function readSessionCookie(
  header: string | undefined,
  { name, prefix, secrets, isSignedBeside = false }: WatchedCookie,
): CookieFinding {
  const cookies = header === undefined ? {} : parse(header);
  const value = cookies[name];
  if (value === undefined) return { is: 'missing' };
  if (!value.startsWith(prefix)) return { is: 'foreign' };
  const signed = value.slice(prefix.length);
  if (secrets === undefined) return { is: 'good', id: signed };
  if (isSignedBeside) {
    const signature = cookies[`${name}.sig`];
    const isGood = secrets.some((secret) => signAsKoa(`${name}=${value}`, secret) === signature);
    return { is: isGood ? 'good' : 'badly signed', id: value };
  }
  const dot = signed.lastIndexOf('.');
  if (dot <= 0) return { is: 'foreign' };
  const isGood = secrets.some((secret) => unsign(signed, secret) !== false);
  return { is: isGood ? 'good' : 'badly signed', id: signed.slice(0, dot) };
}

/** As Keygrip does where an app does not say how. */
function signAsKoa(text: string, secret: string | Buffer): string {
  return createHmac('sha1', secret).update(text).digest('base64url');
}

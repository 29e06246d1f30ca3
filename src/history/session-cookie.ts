import { parse } from 'cookie';
import { unsign } from 'cookie-signature';

/** A cookie by which a framework finds sessions. */
export interface WatchedCookie {
  framework: string;
  name: string;
  /** What stands before the id: `s:`, or nothing. */
  prefix: string;
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
  { name, prefix, secrets }: WatchedCookie,
): CookieFinding {
  const value = header === undefined ? undefined : parse(header)[name];
  if (value === undefined) return { is: 'missing' };
  if (!value.startsWith(prefix)) return { is: 'foreign' };
  const signed = value.slice(prefix.length);
  if (secrets === undefined) return { is: 'good', id: signed };
  const dot = signed.lastIndexOf('.');
  if (dot <= 0) return { is: 'foreign' };
  const isGood = secrets.some((secret) => unsign(signed, secret) !== false);
  return { is: isGood ? 'good' : 'badly signed', id: signed.slice(0, dot) };
}

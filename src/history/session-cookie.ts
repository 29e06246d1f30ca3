import { createHmac, timingSafeEqual } from 'node:crypto';

/** A cookie by which a framework finds sessions. */
export interface SessionCookieName {
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
  | { is: 'refused' | 'good'; id: string };

/** Looks at the cookie of a request as its framework does. */
export function readSessionCookie(
  header: string | undefined,
  { name, prefix, secrets }: SessionCookieName,
): CookieFinding {
  const value = findCookie(header, name);
  if (value === undefined) return { is: 'missing' };
  if (!value.startsWith(prefix)) return { is: 'foreign' };
  if (secrets === undefined) return { is: 'good', id: value.slice(prefix.length) };
  const signed = value.slice(prefix.length);
  const dot = signed.lastIndexOf('.');
  if (dot <= 0) return { is: 'foreign' };
  const id = signed.slice(0, dot);
  const isGood = secrets.some((secret) => isSignedWith(secret, id, signed.slice(dot + 1)));
  return { is: isGood ? 'good' : 'refused', id };
}

/** An id with its signature, as cookie-signature and @fastify/cookie make it. */
export function signWith(secret: string | Buffer, id: string): string {
  return `${id}.${toSignature(secret, id)}`;
}

/** Whether an id was signed with a secret. */
export function isSignedWith(secret: string | Buffer, id: string, signature: string): boolean {
  const right = toSignature(secret, id);
  const [a, b] = [Buffer.from(right), Buffer.from(signature)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function toSignature(secret: string | Buffer, id: string): string {
  return createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
}

/** The first one of that name, as the packages for cookies read it. */
function findCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key = '', ...rest] = pair.split('=');
    if (key.trim() !== name || rest.length === 0) continue;
    const value = rest
      .join('=')
      .trim()
      .replace(/^"(.*)"$/, '$1');
    try {
      return decodeURIComponent(value);
    } catch {
      return value;
    }
  }
  return undefined;
}

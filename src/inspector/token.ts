import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new token of an inspector: whoever has it may see and change every session. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the page sends in a header, made of the token: the cookie alone changes nothing. */
export function toPageToken(token: string): string {
  return createHmac('sha256', token).update('page').digest('base64url');
}

/** Whether a text is a token, in a time that tells nothing of it. */
export function isToken(text: unknown, token: string): boolean {
  if (typeof text !== 'string') return false;
  const [given, own] = [Buffer.from(text), Buffer.from(token)];
  return given.length === own.length && timingSafeEqual(given, own);
}

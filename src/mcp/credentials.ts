import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Headers by which clients say who they are: Authorization, Cookie, X-Api-Key, and the like. */
const CREDENTIAL = /auth|cookie|token|api-?key|secret/i;

/**
 * Returns what stands for the credentials of a request, and is `''` where it has none. Two requests in one
 * session have the same fingerprint if they have the same credentials.
 *
 * @param sessionId is the key: a fingerprint without its session leads to no credential, not by guessing either
 */
export function toFingerprint({ rawHeaders }: IncomingMessage, sessionId: string): string {
  const lines: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (CREDENTIAL.test(name)) lines.push(`${name.toLowerCase()}: ${value}`);
  }
  if (lines.length === 0) return '';
  const text = lines.sort().join('\n');
  return createHmac('sha256', sessionId).update(text).digest('base64url').slice(0, 22);
}

import { sign } from 'cookie-signature';
import { expect, it, onTestFinished, vi } from 'vitest';
import { sessionOptions } from '../../src/fastify.ts';

const OLD = 'b1946ac92492d2347c6235b4d2611184';
const NEW = '591785b794601e212b260e25925636fd';

/** What @fastify/session takes in the place of a secret. */
interface Signer {
  sign(id: string): string;
  unsign(cookie: string): { valid: boolean; renew: boolean; value: string | null };
}

it('sessionOptions() of holdover/fastify signs with the newest secret, and takes nothing that none has signed', () => {
  vi.stubEnv('NODE_ENV', 'production');
  vi.stubEnv('SESSION_SECRET', `${NEW},${OLD}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const signer = sessionOptions().secret as Signer;
  const old = sign('an id', OLD);
  expect(signer.sign('an id')).toBe(sign('an id', NEW));
  expect(signer.unsign(sign('an id', NEW))).toEqual({ valid: true, renew: false, value: 'an id' });
  expect(signer.unsign(old)).toEqual({ valid: true, renew: true, value: 'an id' });
  expect(signer.sign('an id')).toBe(old); // until the session has another id
  const refused = { valid: false, renew: false, value: null };
  const forged = [old.replace('an', 'no'), `${old}x`, 'an id', 'an id.', '.', '', old.slice(3)];
  for (const cookie of forged) expect(signer.unsign(cookie)).toEqual(refused);
});

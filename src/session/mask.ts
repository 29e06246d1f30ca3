/** Keys under which values stand that are nobody's business. */
const SECRET_KEY =
  /token|secret|passw|passphrase|pwd|api.?key|private.?key|credential|authori[sz]ation|bearer|csrf|xsrf|jwt|otp|hash|salt|nonce|verifier|signature/i;

/** What stands in the place of such a value. */
export const MASK = '••••••';

/** A copy in which the values under keys like `token`, `secret` and `password` are masked, at any depth. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEY.test(key) && holdsSomething(inner) ? MASK : maskSecrets(inner),
    ]),
  );
}

/** Whether something is set says nothing of what it is. */
function holdsSomething(value: unknown): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean';
}

/** The shortest secret that is taken, in characters. */
export const SHORTEST_SECRET = 32;

/** What examples and templates have in the place of a secret. */
const EXAMPLE_SECRET =
  /(change|replace).?(me|this|it)|your.{0,9}secret|super.?secret|keyboard.?cat|^(secret|password|default|development|example|insecure|test)\b/i;

/** A random secret of 32 hex digits has more than this number of different ones. */
const FEWEST_SIGNS = 8;

/** @throws Error for a secret that is too short; the secret is not in it */
export function checkSecret<T extends string | undefined>(name: string, secret: T): T {
  if (secret !== undefined && secret.length < SHORTEST_SECRET) {
    throw new Error(
      `${name} has ${secret.length} characters and needs at least ${SHORTEST_SECRET}. ${SECRET_ADVICE}`,
    );
  }
  return secret;
}

/** @throws Error for secrets that production cannot do with; the secrets are not in it */
export function checkProductionSecrets(secrets: string[]): void {
  if (secrets.length === 0) {
    throw new Error(
      `SESSION_SECRET is not set. Production needs one of at least 32 characters. ${SECRET_ADVICE}`,
    );
  }
  for (const secret of secrets) {
    checkSecret('SESSION_SECRET', secret);
    if (EXAMPLE_SECRET.test(secret) || new Set(secret).size < FEWEST_SIGNS) {
      throw new Error(`SESSION_SECRET looks like the one of an example. ${SECRET_ADVICE}`);
    }
  }
}

export const SECRET_ADVICE = `Make one with: node -p "crypto.randomBytes(32).toString('hex')"`;

/** How an app reads its secrets. */
export const SPLIT_ADVICE =
  'Write secret: process.env.SESSION_SECRET' +
  ".split(','), so that a new one can be put before the old one.";

/** How an app reads the one secret that hono-sessions takes. */
export const KEY_ADVICE =
  'Write encryptionKey: process.env.SESSION_SECRET, with one secret in it: hono-sessions takes no more.';

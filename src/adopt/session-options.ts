import { resolveCookieOptions, resolveOptions, type Options } from '../options.ts';
import { openSecret } from '../storage/open.ts';

/** What the session options of all frameworks are made from. */
interface SharedSessionOptions {
  /** Newest first: the first signs, all verify. */
  secret: string[];
  secure: boolean;
  /** Milliseconds. */
  lifetime: number;
}

/** Resolves what the environment calls for; the secret is the project's own when none is set. */
export function resolveSessionOptions(options?: Options): SharedSessionOptions {
  const resolved = resolveOptions(options);
  const { isProduction, secrets } = resolveCookieOptions();
  return {
    secret: secrets.length > 0 ? secrets : [openSecret(resolved.root, 'cookie', resolved)],
    secure: isProduction,
    lifetime: resolved.lifetime,
  };
}

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { refuseInOneLine } from '../options/misconfiguration.ts';
import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import { openSecret } from '../storage/keys/key.ts';
import { checkProductionSecrets } from '../storage/keys/secrets.ts';

/** What can be said about the cookie of a session, beside where sessions are kept. */
export interface CookieChoices extends Options {
  /**
   * Whether the cookie lasts as long as the session. Without that it ends with the browser, and the
   * session keeps its lifetime.
   * @default true
   */
  permanent?: boolean | undefined;
  /**
   * Whether each answer extends the cookie and the session.
   * @default true
   */
  rolling?: boolean | undefined;
}

/** A cookie as frameworks take it. */
export interface SessionCookie {
  httpOnly: true;
  sameSite: 'lax';
  /** Whether browsers send it over HTTPS only. */
  secure: boolean;
  /** Milliseconds; none for a cookie that ends with the browser. */
  maxAge?: number;
}

/** What the session options of all frameworks are made from. */
interface SharedSessionOptions {
  /** Newest first: the first signs, all verify. */
  secret: string[];
  rolling: boolean;
  /** How long a session lasts, in milliseconds. */
  lifetime: number;
  cookie: SessionCookie;
  /** The name of the cookie, where it is not for the framework to choose. */
  name: string | undefined;
}

/**
 * Resolves what the environment calls for; the secret is the project's own when none is set.
 *
 * @param ownSecrets those of the app, which go before all others
 * @throws Error in production without a SESSION_SECRET that can be used, or secrets of the app
 */
export function resolveSessionOptions(
  choices: CookieChoices = {},
  ownSecrets?: string[],
): SharedSessionOptions {
  const { permanent = true, rolling = true, ...options } = choices;
  const resolved = refuseInOneLine(() => resolveOptions(options));
  const { isProduction, lifetime } = resolved;
  const cookie = { httpOnly: true, sameSite: 'lax', secure: isProduction } as const;
  return {
    secret: ownSecrets ?? refuseInOneLine(() => toSecrets(resolved)),
    rolling,
    lifetime,
    cookie: permanent ? { ...cookie, maxAge: lifetime } : cookie,
    name: isProduction ? undefined : toCookieName(resolved.root),
  };
}

function toSecrets(resolved: ResolvedOptions): string[] {
  const { isProduction, secrets, root } = resolved;
  if (isProduction) checkProductionSecrets(secrets);
  return secrets.length > 0 ? secrets : [openSecret(root, 'cookie', resolved)];
}

/** Cookies of localhost are shared by all its ports: each project has a name of its own. */
function toCookieName(root: string): string {
  const project = basename(root).replaceAll(/[^A-Za-z0-9]+/g, '-') || 'app';
  return `${project}-${createHash('sha256').update(root).digest('hex').slice(0, 6)}.sid`;
}

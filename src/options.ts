import { join, resolve } from 'node:path';
import pc from 'picocolors';
import {
  findProjectRoot,
  readPackage,
  resolveStateDirectory,
  toDisplay,
} from './options/project.ts';
import { toLifetime, toNamespace, toSecrets, toType } from './options/values.ts';
import { DEFAULT_LIFETIME } from './session/lifetime.ts';
import type { ConnectedRedis, RedisPlace } from './storage/open-redis.ts';
import type { StorageOptions, StorageType } from './storage/open.ts';
import type { RedisOptions } from './storage/redis-target.ts';
import { checkProductionSecrets, checkSecret } from './storage/secrets.ts';

/**
 * What can be said about where and how sessions are stored. All of it has a default. What is said in
 * code counts before the environment, and that before the key `"holdover"` of package.json.
 */
export interface Options {
  /**
   * What sessions are kept in: a directory, Redis, or the memory of this process, which ends with it.
   * @default SESSION_TYPE, or `redis` with NODE_ENV=production and `filesystem` without
   */
  type?: StorageType | undefined;
  /**
   * Where the session files lie. Relative to the project root.
   * @default SESSION_FILE_DIR, or `.holdover/sessions` in the root of the project that owns the entry
   */
  directory?: string | undefined;
  /**
   * Where Redis is: a URL, a URL with more, or a client that the app has made and connects.
   * @default REDIS_URL
   */
  redis?: string | RedisOptions | ConnectedRedis | undefined;
  /**
   * Whether records in Redis are sealed, as those in files always are. Otherwise they are signed JSON
   * that whoever may look into Redis can read.
   * @default SESSION_SEAL=true, or false
   */
  seal?: boolean | undefined;
  /**
   * How long a login lasts when its cookie does not say: milliseconds, or a text as `7d`, `12h`.
   * @default SESSION_LIFETIME, or 7 days
   */
  lifetime?: number | string | undefined;
  /**
   * Keeps the sessions of several apps or stores in one place apart: letters, digits, `-`, `_`.
   * @default SESSION_NAMESPACE, or "default"
   */
  namespace?: string | undefined;
  /**
   * Where a session says whom it belongs to, with dots, as `account.owner`. For those who look after
   * sessions; nothing is stored by it.
   * @default what apps use: `passport.user`, `user`, `userId`, `person_id`, `user.email`, …
   */
  who?: string | undefined;
}

/** Options with every question answered. Below this nobody applies a default. */
export interface ResolvedOptions extends StorageOptions {
  /** The root of the project, absolute. */
  root: string;
  /** Milliseconds. */
  lifetime: number;
  /** Where a session says whom it belongs to, when that was said. */
  who: string | undefined;
}

/** Where sessions are whose namespace nobody has named. */
const DEFAULT_NAMESPACE = 'default';

/** What `sessionOptions()` needs to know of the environment. */
interface ResolvedCookieOptions {
  isProduction: boolean;
  /** SESSION_SECRET, newest first; empty when it is not set. */
  secrets: string[];
}

/**
 * Answers every question that options leave open.
 *
 * @param entry the file that is run, or the folder that is served; it belongs to the project
 * @param isProduction @default what NODE_ENV says; a dev server is none, whatever it says
 * @throws Error or TypeError, in one sentence, for a value that cannot be used
 */
export function resolveOptions(
  options: Options = {},
  entry: string | undefined = process.argv[1],
  isProduction = isProductionEnvironment(),
): ResolvedOptions {
  const root = findProjectRoot(entry);
  const given = { ...readManifest(root), ...fromEnvironment(), ...withoutUndefined(options) };
  const { directory = join('.holdover', 'sessions'), namespace = DEFAULT_NAMESPACE } = given;
  const absolute = resolve(root, directory);
  const type = toType('SESSION_TYPE', given.type ?? (isProduction ? 'redis' : 'filesystem'));
  return {
    type,
    root,
    isProduction,
    directory: absolute,
    displayDirectory: toDisplay(absolute),
    redis: toPlace(given.redis),
    isSealed: given.seal ?? false,
    secrets: toSecrets(process.env.SESSION_SECRET),
    lifetime: toLifetime('The option lifetime', given.lifetime ?? DEFAULT_LIFETIME),
    namespace: toNamespace('The option namespace', namespace),
    who: given.who || undefined,
    sealingSecret: checkSecret('SESSION_KEY', process.env.SESSION_KEY || undefined),
    stateDirectory: resolveStateDirectory(),
    log: logToTerminal,
  };
}

/**
 * The namespace of a store that is one of several of an app: below the one that the options name.
 *
 * @param name letters, digits, `-` and `_`, but no two `_` in a row
 */
export function toNamespaceBelow({ namespace }: ResolvedOptions, name: string): string {
  return namespace === DEFAULT_NAMESPACE ? name : `${namespace}__${name}`;
}

/** The options that the environment gives; a variable that is empty is not set. */
function fromEnvironment(): Options {
  const { SESSION_TYPE, SESSION_FILE_DIR, REDIS_URL, SESSION_SEAL } = process.env;
  const { SESSION_LIFETIME, SESSION_NAMESPACE } = process.env;
  return withoutUndefined({
    type: SESSION_TYPE ? toType('SESSION_TYPE', SESSION_TYPE) : undefined,
    directory: SESSION_FILE_DIR || undefined,
    redis: REDIS_URL || undefined,
    seal: SESSION_SEAL ? !['0', 'false'].includes(SESSION_SEAL) : undefined,
    lifetime: SESSION_LIFETIME ? toLifetime('SESSION_LIFETIME', SESSION_LIFETIME) : undefined,
    namespace: SESSION_NAMESPACE ? toNamespace('SESSION_NAMESPACE', SESSION_NAMESPACE) : undefined,
  });
}

/** The options that stand under `"holdover"` in the project's package.json. */
function readManifest(root: string): Options {
  const { holdover = {} } = readPackage(root) as { holdover?: Options };
  const unknown = Object.keys(holdover).find((key) => !MANIFEST_KEYS.has(key));
  if (unknown === undefined) return withoutUndefined(holdover);
  throw new Error(
    `"holdover" in ${join(root, 'package.json')} has ${JSON.stringify(unknown)}, which is not known. It may have: ${[...MANIFEST_KEYS].join(', ')}.`,
  );
}

const MANIFEST_KEYS = new Set([
  'type',
  'directory',
  'redis',
  'seal',
  'lifetime',
  'namespace',
  'who',
]);

function isProductionEnvironment(): boolean {
  return process.env.NODE_ENV === 'production';
}

function toPlace(redis: Options['redis']): RedisPlace | undefined {
  if (redis === undefined || typeof redis === 'string') return redis ? { url: redis } : undefined;
  if ('sendCommand' in redis) return redis;
  const url = redis.url ?? process.env.REDIS_URL;
  return url ? { ...redis, url } : undefined;
}

function withoutUndefined<T extends object>(options: T): T {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

/**
 * What the environment says about cookies.
 *
 * @throws Error in production without a SESSION_SECRET, and for one that is too short
 */
export function resolveCookieOptions(): ResolvedCookieOptions {
  const secrets = toSecrets(process.env.SESSION_SECRET);
  const isProduction = isProductionEnvironment();
  if (isProduction) checkProductionSecrets(secrets);
  return { isProduction, secrets };
}

/**
 * Whether the memory stores of frameworks are adopted: always in development, unless the type is
 * `memory`; in production only when a type is named. A REDIS_URL alone does not ask for it: it may be
 * there for something else.
 *
 * @throws Error for a type that is not known
 */
export function resolveAdoption(entry: string | undefined = process.argv[1]): boolean {
  const { type } = { ...readManifest(findProjectRoot(entry)), ...fromEnvironment() };
  if (type === undefined) return !isProductionEnvironment();
  return toType('The type', type) !== 'memory';
}

/** Prints one line to stderr: what an app prints to stdout may be read by a program. */
export function logToTerminal(message: string): void {
  process.stderr.write(`${pc.cyan('[holdover]')} ${message}\n`);
}

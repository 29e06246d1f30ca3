import { resolve } from 'node:path';
import type { KeptPlace } from './options/keep.ts';
import { findProjectRoot, resolveStateDirectory, toDisplay } from './options/project.ts';
import {
  isDirectoryUsable,
  isPlace,
  isRedisUsable,
  readGiven,
  type OnFault,
} from './options/given.ts';
import { DEFAULT_NAMESPACE, toDefaults } from './options/table.ts';
import { logToTerminal } from './options/terminal.ts';
import type { ConnectedRedis } from './storage/redis/place.ts';
import type { StorageOptions, StorageType } from './storage/options.ts';
import type { RedisOptions } from './storage/redis/target.ts';

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
   * A Keyv, a storage adapter for one, or a Map, in which sessions are kept instead: any place for which
   * there is an adapter. Records lie there as JSON that whoever may look into it can read and change.
   * No adapter stores "unless destroyed" in one step: a save that another process makes in the moment of a
   * logout is taken back by that process right after, and a touch may undo what another process stores in
   * that moment. Errors reject (`throwOnErrors` is set on the Keyv), but an adapter that hides its errors
   * hides them from the app. `all`, `length` and `clear` need an adapter with an iterator; what has expired
   * stays until they go through it, where the database ends nothing by itself. Of the commands only
   * `holdover push` looks at it.
   */
  keyv?: object | undefined;
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

/** What can be said of an app that a host of ours runs, too. */
export interface HostOptions extends Options {
  /**
   * What of the app's memory outlives a restart, with no change to its code: `server/storage.ts` for all that
   * the file has at its top, `server/storage.ts#users` for one binding, `routes/todos.ts#todoRoutes/list` for
   * what a function declares. From the project root. In development only.
   * @default nothing; what package.json names is kept as well
   */
  keep?: string | string[] | undefined;
  /**
   * Whether the plugin serves the inspector at `/__holdover/`, whatever `base` Vite has, for a person at this
   * machine. It is loaded when somebody opens it.
   * @default true
   */
  inspector?: boolean | undefined;
}

/** Options with every question answered. Below this nobody applies a default. */
export interface ResolvedOptions extends StorageOptions {
  /** The root of the project, absolute. */
  root: string;
  /** Milliseconds. */
  lifetime: number;
  /** Where a session says whom it belongs to, when that was said. */
  who: string | undefined;
  /** What is kept of the app's memory; nothing in production. */
  keep: KeptPlace[];
  /** Whether a dev server of ours serves the inspector. */
  inspector: boolean;
  /** In which sessions are kept instead of in what `type` says, when there is one. */
  keyv: object | undefined;
}

/** For what options are resolved. */
export interface Circumstances {
  /**
   * The file that is run, or the folder that is served; it belongs to the project.
   * @default that of this process
   */
  entry?: string | undefined;
  /** @default what NODE_ENV says; a dev server is none, whatever it says */
  isProduction?: boolean | undefined;
  /**
   * Hears, in one sentence, of what cannot be used in the environment and package.json; the default is
   * used then. It is for apps that have not asked for holdover: names like SESSION_TYPE may be there for
   * another tool.
   * @default that throws
   */
  onFault?: OnFault | undefined;
}

/**
 * Answers every question that options leave open.
 *
 * @throws Error or TypeError, in one sentence, for a value that cannot be used
 */
export function resolveOptions(
  options: HostOptions = {},
  circumstances: Circumstances = {},
): ResolvedOptions {
  const { entry = process.argv[1], isProduction = isProductionEnvironment() } = circumstances;
  const root = findProjectRoot(entry);
  const { onFault } = circumstances;
  const defaults = toDefaults(root, isProduction);
  const given = readGiven(root, options, onFault);
  const { redis, seal, ...others } = { ...defaults, ...given };
  let { type } = others;
  let directory = resolve(root, others.directory);
  // What code says is refused where it is opened.
  if (type === 'redis' && !isProduction && !options.type && !isRedisUsable(redis, onFault)) {
    ({ type } = defaults);
  }
  const isTolerated = given.directory !== undefined && options.directory === undefined;
  if (isTolerated && type === 'filesystem' && !isDirectoryUsable(directory, onFault)) {
    ({ directory } = defaults);
  }
  return {
    ...others,
    type,
    root,
    isProduction,
    keep: isProduction ? [] : others.keep,
    directory,
    displayDirectory: toDisplay(directory),
    redis: isPlace(redis) ? redis : undefined,
    isSealed: seal,
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

/** Whether NODE_ENV says that this is no developer's machine. */
export function isProductionEnvironment(): boolean {
  return process.env.NODE_ENV === 'production';
}

/** What an app runs for that must not find what an earlier run has left. */
const INERT = new Set(['production', 'test']);

/**
 * Why the memory stores of frameworks are left alone; `undefined` where they are adopted: in development,
 * unless the type is `memory`; with NODE_ENV=production or test only when a type is named. A REDIS_URL alone
 * does not ask for it: it may be there for something else.
 *
 * @throws Error for what cannot be used, when nobody hears of it
 */
export function resolveLeftAlone(circumstances: Circumstances = {}): string | undefined {
  const { entry = process.argv[1] } = circumstances;
  const { type } = readGiven(findProjectRoot(entry), {}, circumstances.onFault);
  if (type === 'memory') {
    return 'SESSION_TYPE, or the type under "holdover" in package.json, is memory';
  }
  const { NODE_ENV = '' } = process.env;
  return type === undefined && INERT.has(NODE_ENV)
    ? `NODE_ENV is ${NODE_ENV} and no SESSION_TYPE is named`
    : undefined;
}

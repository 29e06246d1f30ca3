import { join } from 'node:path';
import { DEFAULT_LIFETIME } from '../session/expiry/lifetime.ts';
import type { StorageType } from '../storage/options.ts';
import { checkSecret } from '../storage/keys/secrets.ts';
import { joinKeep, toKeep, type KeptPlace } from './keep.ts';
import { checkInside, checkKept, checkNear } from './strangers.ts';
import {
  completeRedis,
  toDirectory,
  toFlag,
  toLifetime,
  toNamespace,
  toRedis,
  toSecrets,
  toType,
  toWho,
} from './values.ts';

/** Where sessions are whose namespace nobody has named. */
export const DEFAULT_NAMESPACE = 'default';

/** Where an option is said. */
type Place = 'code' | 'environment' | 'package.json';

/** What a default depends on. */
interface Surroundings {
  /** The root of the project, absolute. */
  root: string;
  isProduction: boolean;
}

/** What there is to know of one option. What throws does so in one sentence that begins with the label. */
interface Rule<T> {
  /** The environment variable that says it. */
  variable?: string;
  /** The flag of `holdover watch` that says it, where there is no variable. */
  flag?: string;
  /** The only place where it may be said; @default all of them */
  only?: Place;
  /** What was said, checked; `undefined` for what says nothing. */
  parse: (label: string, value: unknown, isCode: boolean) => T | undefined;
  /**
   * Refuses what a package.json may not say: commands are run in folders of strangers, and must not reach
   * beyond them.
   */
  checkManifest?: (label: string, value: T, root: string) => void;
  /** What the strongest source has said, completed by a weaker one; `undefined` when that adds nothing. */
  complete?: (stronger: T, weaker: T) => T | undefined;
}

function rule<T, D = undefined>(
  of: Rule<T> & {
    /** What counts when nobody has said anything; @default undefined */
    fallback?: (surroundings: Surroundings) => D;
  },
): typeof of {
  return of;
}

/** Every option, by its name in code and in package.json. */
export const TABLE = {
  type: rule({
    variable: 'SESSION_TYPE',
    parse: toType,
    fallback: ({ isProduction }): StorageType => (isProduction ? 'redis' : 'filesystem'),
  }),
  redis: rule({
    variable: 'REDIS_URL',
    parse: toRedis,
    checkManifest: checkNear,
    complete: completeRedis,
  }),
  keyv: rule({ only: 'code', parse: (_, value) => value as object }),
  seal: rule({ variable: 'SESSION_SEAL', parse: toFlag, fallback: () => false }),
  directory: rule({
    variable: 'SESSION_FILE_DIR',
    parse: toDirectory,
    checkManifest: checkInside,
    fallback: ({ root }) => join(root, '.holdover', 'sessions'),
  }),
  lifetime: rule({
    variable: 'SESSION_LIFETIME',
    parse: toLifetime,
    fallback: () => DEFAULT_LIFETIME,
  }),
  namespace: rule({
    variable: 'SESSION_NAMESPACE',
    parse: toNamespace,
    fallback: () => DEFAULT_NAMESPACE,
  }),
  who: rule({ parse: toWho }),
  keep: rule({
    flag: '--keep',
    parse: toKeep,
    checkManifest: checkKept,
    complete: joinKeep,
    fallback: (): KeptPlace[] => [],
  }),
  inspector: rule({ only: 'code', parse: toFlag, fallback: () => true }),
  secrets: rule({
    variable: 'SESSION_SECRET',
    only: 'environment',
    parse: (_, value) => toSecrets(value as string),
    fallback: (): string[] => [],
  }),
  sealingSecret: rule({
    variable: 'SESSION_KEY',
    only: 'environment',
    parse: (label, value) => checkSecret(label, value as string),
  }),
};

/** What was said of each option, checked; nothing for one of which nobody has said anything. */
export type Said = {
  [Name in keyof typeof TABLE]?: NonNullable<ReturnType<(typeof TABLE)[Name]['parse']>>;
};

/** What counts for each option. */
type Complete = {
  [Name in keyof Said]-?: NonNullable<Said[Name]> | FallbackOf<(typeof TABLE)[Name]>;
};

type FallbackOf<R> = R extends { fallback?: (surroundings: never) => infer D } ? D : never;

/** What is known of a place where options are said. */
export interface Source {
  is: Place;
  /** As it stands there, unchecked. */
  values: Partial<Record<keyof Said, unknown>>;
  /** How it is named in a sentence. */
  labelOf: (name: keyof Said) => string;
}

/**
 * What was said of each option by the strongest source that can be used.
 *
 * @param sources the strongest first
 * @param onFault hears of what cannot be used, which is passed over when it does not throw
 */
export function readSources(
  sources: Source[],
  root: string,
  onFault: (error: Error, source: Source) => void,
): Said {
  const entries = Object.entries(TABLE).map(([name, of]) => [
    name,
    readOne(name as keyof Said, of as Rule<unknown>, sources, root, onFault),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Said;
}

/** What was said, with the defaults for the rest. */
export function withDefaults(said: Said, surroundings: Surroundings): Complete {
  const defaults = Object.entries(TABLE).map(([name, of]) => [name, of.fallback?.(surroundings)]);
  return { ...(Object.fromEntries(defaults) as Complete), ...said };
}

function readOne(
  name: keyof Said,
  { only, parse, checkManifest, complete }: Rule<unknown>,
  sources: Source[],
  root: string,
  onFault: (error: Error, source: Source) => void,
): unknown {
  let said: unknown;
  for (const source of sources) {
    const given = only && source.is !== only ? undefined : source.values[name];
    if (given === undefined || (said !== undefined && !complete)) continue;
    const label = source.labelOf(name);
    try {
      const value = parse(label, given, source.is === 'code');
      const next = said === undefined ? value : complete?.(said, value);
      if (next === undefined) continue;
      if (source.is === 'package.json') checkManifest?.(label, value, root);
      said = next;
    } catch (error) {
      onFault(error as Error, source);
    }
  }
  return said;
}

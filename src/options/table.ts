import { join } from 'node:path';
import { DEFAULT_LIFETIME } from '../session/expiry/lifetime.ts';
import { checkSecret } from '../storage/keys/secrets.ts';
import type { StorageType } from '../storage/options.ts';
import type { ConnectedRedis } from '../storage/redis/place.ts';
import type { RedisOptions } from '../storage/redis/target.ts';
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

/** The namespace of sessions if none is given. */
export const DEFAULT_NAMESPACE = 'default';

/** The given options, parsed. */
export interface GivenOptions {
  type?: StorageType;
  redis?: RedisOptions | ConnectedRedis;
  keyv?: object;
  seal?: boolean;
  directory?: string;
  lifetime?: number;
  namespace?: string;
  who?: string;
  keep?: KeptPlace[];
  inspector?: boolean;
  secrets?: string[];
  sealingSecret?: string;
}

export type OptionName = keyof GivenOptions;

/** Where options are given, the strongest first. */
export type SourceName = 'code' | 'environment' | 'package.json';

/** One option. Functions that throw do so with one sentence that begins with the label. */
interface OptionRow {
  /** The name in code and in package.json. */
  name: OptionName;
  variable?: string;
  /** The flag of `holdover watch`, for an option without a variable. */
  flag?: string;
  /** The only source that may give it. @default all */
  only?: SourceName;
  /** Returns `undefined` for a value that gives nothing. */
  parse: (label: string, value: unknown, isCode: boolean) => unknown;
  /** Refuses values that a package.json may not give: commands run in folders of strangers. */
  checkManifest?: (label: string, value: never, root: string) => void;
  /** Completes the value of the strongest source by a weaker one; `undefined` if that adds nothing. */
  complete?: (stronger: never, weaker: never) => unknown;
}

/** Every option. */
export const OPTIONS: OptionRow[] = [
  { name: 'type', variable: 'SESSION_TYPE', parse: toType },
  {
    name: 'redis',
    variable: 'REDIS_URL',
    parse: toRedis,
    checkManifest: checkNear,
    complete: completeRedis,
  },
  { name: 'keyv', only: 'code', parse: (_, value) => value },
  { name: 'seal', variable: 'SESSION_SEAL', parse: toFlag },
  {
    name: 'directory',
    variable: 'SESSION_FILE_DIR',
    parse: toDirectory,
    checkManifest: checkInside,
  },
  { name: 'lifetime', variable: 'SESSION_LIFETIME', parse: toLifetime },
  { name: 'namespace', variable: 'SESSION_NAMESPACE', parse: toNamespace },
  { name: 'who', parse: toWho },
  { name: 'keep', flag: '--keep', parse: toKeep, checkManifest: checkKept, complete: joinKeep },
  { name: 'inspector', only: 'code', parse: toFlag },
  {
    name: 'secrets',
    variable: 'SESSION_SECRET',
    only: 'environment',
    parse: (_, value) => toSecrets(value as string),
  },
  {
    name: 'sealingSecret',
    variable: 'SESSION_KEY',
    only: 'environment',
    parse: (label, value) => checkSecret(label, value as string),
  },
];

/** The values of options that nothing gives. */
export function toDefaults(root: string, isProduction: boolean) {
  return {
    type: (isProduction ? 'redis' : 'filesystem') as StorageType,
    redis: undefined,
    keyv: undefined,
    seal: false,
    directory: join(root, '.holdover', 'sessions'),
    lifetime: DEFAULT_LIFETIME,
    namespace: DEFAULT_NAMESPACE,
    who: undefined,
    keep: [] as KeptPlace[],
    inspector: true,
    secrets: [] as string[],
    sealingSecret: undefined,
  };
}

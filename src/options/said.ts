import { join } from 'node:path';
import { toLayout } from '../storage/directory/layout.ts';
import { checkDirectory } from '../storage/directory/prepare.ts';
import { checkWritable } from '../storage/files/writable.ts';
import type { RedisPlace } from '../storage/redis/place.ts';
import { NO_REDIS_URL, toRedisTarget } from '../storage/redis/target.ts';
import { readManifest } from './manifest.ts';
import { toDisplay } from './project.ts';
import { resolveChosenKeep } from './environment.ts';
import { readSources, TABLE, type Said, type Source } from './table.ts';

/** Hears, in one sentence, of what cannot be used and is passed over. */
export type OnFault = (sentence: string) => void;

/** What code, the environment and package.json say of each option, in this order. */
export function readSaid(root: string, options: Source['values'], onFault?: OnFault): Said {
  const tolerate = onFault && ((error: Error) => onFault(toMild(error)));
  const sources: Source[] = [
    { is: 'code', values: options, labelOf: (name) => `The option ${name}` },
    {
      is: 'environment',
      values: readEnvironment(),
      labelOf: (name) => TABLE[name].variable ?? TABLE[name].flag ?? name,
    },
    {
      is: 'package.json',
      values: readManifest(root, tolerate),
      labelOf: (name) => `"${name}" under "holdover" in ${toDisplay(join(root, 'package.json'))}`,
    },
  ];
  return readSources(sources, root, (error, source) => {
    if (source.is === 'code' || !tolerate) throw error;
    tolerate(error);
  });
}

/** A variable that is empty is not set. Flags of `holdover watch` are as good as variables. */
function readEnvironment(): Source['values'] {
  const entries = Object.entries(TABLE).map(([name, { variable }]) => [
    name,
    (variable && process.env[variable]) || undefined,
  ]);
  return { ...(Object.fromEntries(entries) as Source['values']), keep: resolveChosenKeep() };
}

/** Whether a directory may be one of sessions, and can be made; always, where nobody hears that it may not. */
export function isDirectoryUsable(directory: string, onFault: OnFault | undefined): boolean {
  return passes(() => {
    checkDirectory(toLayout(directory));
    checkWritable(directory);
  }, onFault);
}

/** Whether it is known where Redis is; always, where nobody hears that it is not. */
export function isRedisUsable(redis: Said['redis'], onFault: OnFault | undefined): boolean {
  return passes(() => {
    if (!isPlace(redis)) throw new Error(NO_REDIS_URL);
    if (!('sendCommand' in redis)) toRedisTarget(redis);
  }, onFault);
}

/** Whether something that was said about Redis says where it is. */
export function isPlace(redis: Said['redis']): redis is RedisPlace {
  return redis !== undefined && ('sendCommand' in redis || redis.url !== undefined);
}

function passes(check: () => void, onFault: OnFault | undefined): boolean {
  if (!onFault) return true;
  try {
    check();
    return true;
  } catch (error) {
    onFault(toMild(error as Error));
    return false;
  }
}

/** Of what is passed over. */
function toMild({ message }: Error): string {
  return `${message.replace(/\.$/, '')}; until then the default is used.`;
}

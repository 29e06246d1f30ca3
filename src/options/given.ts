import { join } from 'node:path';
import { toLayout } from '../storage/directory/layout.ts';
import { checkDirectory } from '../storage/directory/prepare.ts';
import { checkWritable } from '../storage/files/writable.ts';
import type { RedisPlace } from '../storage/redis/place.ts';
import { NO_REDIS_URL, toRedisTarget } from '../storage/redis/target.ts';
import { resolveChosenKeep } from './environment.ts';
import { readManifest } from './manifest.ts';
import { toDisplay } from './project.ts';
import { OPTIONS, type GivenOptions, type OptionName, type SourceName } from './table.ts';

/** Called with one sentence for each value that cannot be used and is ignored. */
export type OnFault = (sentence: string) => void;

/** A source of options. */
interface Source {
  name: SourceName;
  /** The values as they are there. */
  values: Partial<Record<OptionName, unknown>>;
  /** How a sentence names an option there. */
  labelOf: (row: (typeof OPTIONS)[number]) => string;
}

/**
 * Reads the options that code, the environment and package.json give, in this order.
 *
 * @param options those of code, which are never ignored
 * @throws Error, in one sentence, for a value that cannot be used, unless `onFault` is there
 */
export function readGiven(
  root: string,
  options: Source['values'],
  onFault?: OnFault,
): GivenOptions {
  const report = onFault && ((error: Error) => onFault(toIgnored(error)));
  const sources: Source[] = [
    { name: 'code', values: options, labelOf: ({ name }) => `The option ${name}` },
    {
      name: 'environment',
      values: readEnvironment(),
      labelOf: ({ name, variable, flag }) => variable ?? flag ?? name,
    },
    {
      name: 'package.json',
      values: readManifest(root, report),
      labelOf: ({ name }) =>
        `"${name}" under "holdover" in ${toDisplay(join(root, 'package.json'))}`,
    },
  ];
  const given: Partial<Record<OptionName, unknown>> = {};
  for (const row of OPTIONS) {
    const { name, only, complete } = row;
    for (const source of sources) {
      const value = only && source.name !== only ? undefined : source.values[name];
      const stronger = given[name];
      if (value === undefined || (stronger !== undefined && !complete)) continue;
      try {
        const next = readValue(row, source, value, stronger, root);
        if (next !== undefined) given[name] = next;
      } catch (error) {
        if (source.name === 'code' || !report) throw error;
        report(error as Error);
      }
    }
  }
  return given as GivenOptions;
}

function readValue(
  row: (typeof OPTIONS)[number],
  source: Source,
  value: unknown,
  stronger: unknown,
  root: string,
): unknown {
  const { parse, complete, checkManifest } = row;
  const label = source.labelOf(row);
  const parsed = parse(label, value, source.name === 'code');
  const next = stronger === undefined ? parsed : complete?.(stronger as never, parsed as never);
  const isOfManifest = source.name === 'package.json' && next !== undefined;
  if (isOfManifest) checkManifest?.(label, parsed as never, root);
  return next;
}

/** An empty variable is not set. Flags of `holdover watch` are as strong as variables. */
function readEnvironment(): Source['values'] {
  const values: Source['values'] = { keep: resolveChosenKeep() };
  for (const { name, variable } of OPTIONS) {
    if (variable !== undefined) values[name] = process.env[variable] || undefined;
  }
  return values;
}

/** Whether a directory can be made and may hold sessions. Always true without `onFault`. */
export function isDirectoryUsable(directory: string, onFault: OnFault | undefined): boolean {
  return passes(() => {
    checkDirectory(toLayout(directory));
    checkWritable(directory);
  }, onFault);
}

/** Whether the options say where Redis is. Always true without `onFault`. */
export function isRedisUsable(redis: GivenOptions['redis'], onFault: OnFault | undefined): boolean {
  return passes(() => {
    if (!isPlace(redis)) throw new Error(NO_REDIS_URL);
    if (!('sendCommand' in redis)) toRedisTarget(redis);
  }, onFault);
}

/** Whether the option `redis` has a client or a URL. */
export function isPlace(redis: GivenOptions['redis']): redis is RedisPlace {
  return redis !== undefined && ('sendCommand' in redis || redis.url !== undefined);
}

function passes(check: () => void, onFault: OnFault | undefined): boolean {
  if (!onFault) return true;
  try {
    check();
    return true;
  } catch (error) {
    onFault(toIgnored(error as Error));
    return false;
  }
}

function toIgnored({ message }: Error): string {
  return `${message.replace(/\.$/, '')}; until then the default is used.`;
}

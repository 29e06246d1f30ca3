import { isIP } from 'node:net';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { toPrintable } from '../session/display/printable.ts';
import type { ConnectedRedis } from '../storage/redis/place.ts';
import { toRedisTarget, type RedisOptions } from '../storage/redis/target.ts';
import { toRealPath } from './project.ts';
import { toDirectory, toFlag, toLifetime, toNamespace, toRedis, toType, toWho } from './values.ts';

/** What there is to know of one option. What throws does so in one sentence that begins with the label. */
interface Rule<T> {
  /** The environment variable that says it. */
  variable?: string;
  /** What was said, checked. */
  parse: (label: string, value: unknown, isCode: boolean) => T | undefined;
  /**
   * Refuses what a package.json may not say: commands are run in folders of strangers, and must not reach
   * beyond them.
   */
  checkManifest?: (label: string, value: T, root: string) => void;
  /** What the strongest source has said, completed by a weaker one; `undefined` when that adds nothing. */
  complete?: (stronger: T, weaker: T) => T | undefined;
}

function rule<T>(of: Rule<T>): Rule<T> {
  return of;
}

/** Every option, by its name in code and in package.json. */
export const TABLE = {
  type: rule({ variable: 'SESSION_TYPE', parse: toType }),
  directory: rule({
    variable: 'SESSION_FILE_DIR',
    parse: toDirectory,
    checkManifest: checkInside,
  }),
  redis: rule({
    variable: 'REDIS_URL',
    parse: toRedis,
    checkManifest: checkNear,
    complete: completeRedis,
  }),
  seal: rule({ variable: 'SESSION_SEAL', parse: toFlag }),
  lifetime: rule({ variable: 'SESSION_LIFETIME', parse: toLifetime }),
  namespace: rule({ variable: 'SESSION_NAMESPACE', parse: toNamespace }),
  who: rule({ parse: toWho }),
};

/** What was said of each option, checked; nothing for one of which nobody has said anything. */
export type Said = {
  [Name in keyof typeof TABLE]?: NonNullable<ReturnType<(typeof TABLE)[Name]['parse']>>;
};

/** A place where options are said. */
export interface Source {
  is: 'code' | 'environment' | 'package.json';
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

function readOne(
  name: keyof Said,
  { parse, checkManifest, complete }: Rule<unknown>,
  sources: Source[],
  root: string,
  onFault: (error: Error, source: Source) => void,
): unknown {
  let said: unknown;
  for (const source of sources) {
    const given = source.values[name];
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

/** What a project may know better than who runs it; nothing of it switches a check off. */
const TLS_OF_PROJECTS = new Set(['ca', 'cert', 'key', 'servername']);

/** Links count: a stranger's project may have some. */
function checkInside(label: string, directory: string, root: string): void {
  const absolute = resolve(root, directory);
  if (isInside(absolute, root) && isInside(toRealPath(absolute), toRealPath(root))) return;
  throw new Error(
    `${label} leads out of the project (${toPrintable(absolute)}). Name a folder in the project, or set SESSION_FILE_DIR to use that one.`,
  );
}

function isInside(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

function checkNear(label: string, redis: RedisOptions | ConnectedRedis): void {
  const { url, tls } = redis as RedisOptions;
  const weaker = Object.keys(tls ?? {}).find((name) => !TLS_OF_PROJECTS.has(name));
  if (weaker !== undefined) {
    throw new Error(
      `${label} may not say tls.${toPrintable(weaker)}: a project could weaken the connection to your Redis by that. Say it in code.`,
    );
  }
  if (url === undefined) return;
  let hosts: string[];
  try {
    hosts = toRedisTarget({ url }).nodes.map(({ host }) => host.replace(/^\[(.*)\]$/, '$1'));
  } catch (cause) {
    throw new Error(`${label} is not a URL of Redis. Write it as redis://localhost:6379.`, {
      cause,
    });
  }
  if (hosts.every(isLoopback)) return;
  throw new Error(
    `${label} names a Redis on another machine. Leave it out, and set REDIS_URL to use that one.`,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** What belongs to one URL is not used for another; what names none is for the URL that is used. */
function completeRedis(
  stronger: RedisOptions | ConnectedRedis,
  weaker: RedisOptions | ConnectedRedis,
): RedisOptions | undefined {
  if ('sendCommand' in stronger || 'sendCommand' in weaker) return undefined;
  if (stronger.url !== undefined && weaker.url !== undefined) return undefined;
  return { ...weaker, ...stronger };
}

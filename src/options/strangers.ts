import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { toPrintable } from '../session/display/printable.ts';
import { isInside } from '../storage/files/inside.ts';
import type { KeptPlace } from './keep.ts';
import type { ConnectedRedis } from '../storage/redis/place.ts';
import { toRedisTarget, type RedisOptions } from '../storage/redis/target.ts';
import { toRealPath } from './project.ts';

/** What a project may know better than who runs it; nothing of it switches a check off. */
const TLS_OF_PROJECTS = new Set(['ca', 'cert', 'key', 'servername']);

/** Refuses a directory that is not in the project. Links count: a stranger's project may have some. */
export function checkInside(label: string, directory: string, root: string): void {
  const absolute = resolve(root, directory);
  if (isInside(absolute, root) && isInside(toRealPath(absolute), toRealPath(root))) return;
  throw new Error(
    `${label} leads out of the project (${toPrintable(absolute)}). Name a folder in the project, or set SESSION_FILE_DIR to use that one.`,
  );
}

/** Refuses a file that is not in the project, by links neither. */
export function checkKept(label: string, places: KeptPlace[], root: string): void {
  for (const { file } of places) {
    const absolute = resolve(root, file);
    if (isInside(absolute, root) && isInside(toRealPath(absolute), toRealPath(root))) continue;
    throw new Error(
      `${label} leads out of the project (${toPrintable(absolute)}). Name a file in the project, or run holdover watch --keep.`,
    );
  }
}

/** Refuses a Redis on another machine, and whatever weakens the connection to one. */
export function checkNear(label: string, redis: RedisOptions | ConnectedRedis): void {
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

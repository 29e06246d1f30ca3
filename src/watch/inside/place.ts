import { resolve } from 'node:path';
import type { Place } from '../messages.ts';
import { canKeepPath } from './unix-sockets.ts';

/** What an app wants when it calls `listen`. */
export interface ListenRequest {
  place: Place;
  /** Of a unix socket, as the app says it. */
  path: string | undefined;
  signal: AbortSignal | undefined;
  callback: (() => void) | undefined;
}

/**
 * Understands the arguments of `server.listen()` on a port, a host or a path, in all their forms.
 *
 * @returns undefined for everything else, which is for Node itself: handles, file descriptors, addresses
 * that several processes share by themselves, and what is an error
 */
export function toListenRequest(args: unknown[]): ListenRequest | undefined {
  const last = args.at(-1);
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  const options = toOptions(args);
  if (!options || isForNode(options)) return undefined;
  const { signal, ipv6Only, readableAll, writableAll } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) return undefined;
  const path = options.port === undefined ? options.path : undefined;
  const where =
    typeof path === 'string' ? toPathPlace(path, options.backlog) : toPortPlace(options);
  if (!where) return undefined;
  const place = {
    ...where,
    ipv6Only: Boolean(ipv6Only),
    readableAll: Boolean(readableAll),
    writableAll: Boolean(writableAll),
  };
  return { place, path: path as string | undefined, signal, callback };
}

type Options = Record<string, unknown>;

function toOptions(args: unknown[]): Options | undefined {
  const [first, second, third] = args;
  const backlog = [second, third].map(Number).find((number) => number > 0);
  const host = typeof second === 'string' ? second : undefined;
  const isNone = first === undefined || first === null || typeof first === 'function';
  if (isNone) return { port: 0, host, backlog };
  if (typeof first === 'object') {
    const isAny = 'port' in first && (first.port === undefined || first.port === null);
    return { backlog, ...first, ...(isAny && { port: 0 }) };
  }
  if (typeof first === 'string' && toNumber(first) === undefined) return { path: first, backlog };
  return { port: first, host, backlog };
}

function isForNode(options: Options): boolean {
  const { fd, reusePort } = options; // `exclusive` is for the workers of a cluster, which never ask
  return '_handle' in options || 'handle' in options || fd !== undefined || Boolean(reusePort);
}

function toPortPlace({ port, host, backlog }: Options): Place | undefined {
  const number = toNumber(port);
  if (number === undefined || !Number.isInteger(number) || number > 65_535) return undefined;
  if (host && typeof host !== 'string') return undefined;
  return { port: number, ...(host ? { host: host as string } : {}), ...toBacklog(backlog) };
}

function toPathPlace(path: string, backlog?: unknown): Place | undefined {
  return path !== '' && canKeepPath(path)
    ? { path: resolve(path), ...toBacklog(backlog) }
    : undefined;
}

function toBacklog(backlog: unknown): Place {
  const number = Number(backlog);
  return number > 0 ? { backlog: number } : {};
}

/** As Node counts: text that is a number is one. */
function toNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  return Number(value) >= 0 ? Number(value) : undefined;
}

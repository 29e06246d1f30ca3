import type { ConnectionOptions } from 'node:tls';

/** What is wrong where sessions are to be kept in Redis, and nothing says where it is. */
export const NO_REDIS_URL =
  'Redis is asked for and REDIS_URL is not set. Set it to redis://host:6379.';

/** Node takes a longer one for 1 ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** What TLS needs beside a `rediss://` URL. */
export type RedisTlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'servername' | 'rejectUnauthorized'
>;

/** How to reach Redis. */
export interface RedisOptions {
  /**
   * `redis://user:password@host:6379/0`, or `rediss://` for TLS. Several with commas are nodes of a
   * Cluster; `redis-sentinel://host:26379,host:26379/name` asks Sentinels for the master of that name.
   * @default REDIS_URL
   */
  url?: string | undefined;
  /** Instead of the one in the URL. */
  username?: string | undefined;
  /** Instead of the one in the URL. */
  password?: string | undefined;
  /** A CA, a client certificate, a server name. Needs a `rediss://` URL. */
  tls?: RedisTlsOptions | undefined;
  /** The password of the Sentinels themselves. */
  sentinelPassword?: string | undefined;
  /**
   * How long a call may take before it fails, in milliseconds.
   * @default 500
   */
  timeout?: number | undefined;
}

/** Where Redis is, taken apart. */
export interface RedisTarget {
  kind: 'server' | 'cluster' | 'sentinel';
  nodes: { host: string; port: number }[];
  /** The name under which Sentinels know the master. */
  master: string | undefined;
  username: string | undefined;
  password: string | undefined;
  sentinelPassword: string | undefined;
  database: number;
  tls: RedisTlsOptions | undefined;
  /** For people: no password in it. */
  display: string;
}

const PORT = 6379;
const SENTINEL_PORT = 26379;
const SENTINEL_URL =
  /^(?<scheme>rediss?)-sentinel:\/\/(?:(?<credentials>[^/]*)@)?(?<hosts>[^/@]+)\/(?<master>[^/?#]+)(?:\/(?<database>\d+))?$/;

/**
 * Takes apart what says where Redis is.
 *
 * @throws Error, in one sentence, for what is no URL of Redis; the URL, which may have a password, is
 * not in it
 */
export function toRedisTarget(options: RedisOptions & { url: string }): RedisTarget {
  const { url, username, password, sentinelPassword, tls, timeout = 1 } = options;
  if (!(timeout > 0 && timeout <= LONGEST_TIMEOUT)) {
    throw new Error(
      `The option redis.timeout must be more than 0 milliseconds and at most ${LONGEST_TIMEOUT}, not ${timeout}.`,
    );
  }
  const sentinel = SENTINEL_URL.exec(url)?.groups;
  const found = sentinel ? fromSentinelUrl(sentinel) : fromUrls(url.split(','));
  if (tls && !found.isSecure) {
    throw new Error('TLS options are given for a redis:// URL. Write it as rediss://.');
  }
  const { isSecure, ...target } = found;
  return {
    ...target,
    username: username ?? target.username,
    password: password ?? target.password,
    sentinelPassword,
    tls: isSecure ? (tls ?? {}) : undefined,
    display: toDisplay(target, isSecure),
  };
}

type Found = Omit<RedisTarget, 'tls' | 'display' | 'sentinelPassword'> & { isSecure: boolean };

function fromUrls(urls: string[]): Found {
  const parsed = urls.map(toUrl);
  const [first] = parsed as [URL];
  const database = Number(first.pathname.slice(1) || 0);
  if (!Number.isInteger(database)) throw notAUrl();
  return {
    kind: parsed.length > 1 ? 'cluster' : 'server',
    nodes: parsed.map((url) => toNode(url, PORT)),
    master: undefined,
    username: decode(first.username),
    password: decode(first.password),
    database,
    isSecure: first.protocol === 'rediss:',
  };
}

function fromSentinelUrl(groups: Record<string, string | undefined>): Found {
  const { scheme, credentials = '', hosts = '', master = '', database = '0' } = groups;
  const urls = hosts.split(',').map((host) => toUrl(`redis://${credentials}@${host.trim()}`));
  const [first] = urls as [URL];
  return {
    kind: 'sentinel',
    nodes: urls.map((url) => toNode(url, SENTINEL_PORT)),
    master: decode(master),
    username: decode(first.username),
    password: decode(first.password),
    database: Number(database),
    isSecure: scheme === 'rediss',
  };
}

/** An IPv6 address stands in brackets in a URL, and nowhere else. */
function toNode({ hostname, port }: URL, defaultPort: number): RedisTarget['nodes'][number] {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || defaultPort) };
}

function toUrl(text: string): URL {
  try {
    const url = new URL(text.trim());
    if (['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return url;
  } catch {
    // said below, without the text
  }
  throw notAUrl();
}

function notAUrl(): Error {
  return new Error(
    'REDIS_URL is not a URL of Redis. Write it as redis://user:password@host:6379, rediss:// for TLS.',
  );
}

function decode(part: string): string | undefined {
  try {
    return part === '' ? undefined : decodeURIComponent(part);
  } catch {
    throw notAUrl();
  }
}

function toDisplay(
  { kind, nodes, master }: Pick<RedisTarget, 'kind' | 'nodes' | 'master'>,
  isSecure: boolean,
): string {
  const hosts = nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  const scheme = `redis${isSecure ? 's' : ''}${kind === 'sentinel' ? '-sentinel' : ''}`;
  return `${scheme}://${hosts.join(',')}${master ? `/${master}` : ''}`;
}

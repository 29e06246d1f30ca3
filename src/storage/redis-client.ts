import type { RedisTarget } from './redis-target.ts';

/** Sends one command, and gives its answer. */
export type Send = (args: string[]) => Promise<unknown>;

/** A connection to Redis, whatever it is made of. */
export interface RedisClient {
  /** Sends a command to where a key is: never to a replica, which may not have it yet. */
  send: (key: string, args: string[]) => Promise<unknown>;
  /** One for each master; all keys are behind one of them. */
  masters: () => Promise<Send[]>;
  /** Whether it is several servers, of which one may fail while the others serve. */
  isCluster: boolean;
  /** Whether commands can be sent now. */
  isReady: () => boolean;
  /** Ends it at once. */
  destroy: () => void;
}

/** What is used of the clients of @keyv/redis, which are node-redis'. */
export interface NodeRedis {
  isOpen: boolean;
  isReady?: boolean;
  connect: () => Promise<unknown>;
  destroy: () => void;
  unref?: () => void;
  on: (event: string, listener: (...args: never[]) => void) => unknown;
  off: (event: string, listener: (...args: never[]) => void) => unknown;
  sendCommand: (...args: never[]) => Promise<unknown>;
}

interface Cluster extends NodeRedis {
  masters: unknown[];
  nodeByAddress: Map<string, { client?: NodeRedis }>;
  nodeClient: (master: unknown) => Promise<NodeRedis>;
}

/** What is used of @keyv/redis. */
export interface RedisModule {
  createClient: (options: object) => NodeRedis;
  createCluster: (options: object) => NodeRedis;
}

/** Opens connections to a target. */
export interface OpenOptions {
  module: RedisModule;
  target: RedisTarget;
  /** Milliseconds. */
  connectTimeout: number;
  onLost: OnLost;
}

/** Hears that a connection is lost, or a node of several. */
export type OnLost = (error: Error, isPart?: boolean) => void;

/** Commands that wait for an answer; there are more only when something is very wrong. */
const MAX_PENDING = 10_000;

/**
 * Opens a connection. It never connects again by itself, keeps no command for later, and does not keep
 * the process alive.
 */
export async function openRedisClient(options: OpenOptions): Promise<RedisClient> {
  const { target } = options;
  if (target.kind === 'cluster') return openCluster(options);
  if (target.kind === 'sentinel') return openMaster(options);
  const [node] = target.nodes as [{ host: string; port: number }];
  return toSingle(await openServer(options, node, target));
}

type Login = Pick<RedisTarget, 'username' | 'password'> & { database?: number };

async function openServer(
  { module, target, connectTimeout, onLost }: OpenOptions,
  node: { host: string; port: number },
  login: Login,
): Promise<NodeRedis> {
  const client = module.createClient({
    ...toClientOptions(login),
    socket: { ...toSocketOptions(target, connectTimeout), ...node },
  });
  let isOpened = false;
  client.on('error', (error: Error) => isOpened && !client.isReady && onLost(error));
  client.unref?.(); // whoever waits for an answer keeps the process alive
  try {
    await client.connect();
    await toSend(client)(['PING']); // a server that wants a password, or is still loading, connects
    isOpened = true;
    return client;
  } catch (error) {
    destroy(client);
    throw error;
  }
}

async function openCluster({
  module,
  target,
  connectTimeout,
  onLost,
}: OpenOptions): Promise<RedisClient> {
  const cluster = module.createCluster({
    rootNodes: target.nodes.map((socket) => ({ socket })),
    minimizeConnections: true, // one node that is down must not keep the others from being used
    defaults: {
      ...toClientOptions(target),
      socket: toSocketOptions(target, connectTimeout),
    },
  }) as Cluster;
  let cause: Error | undefined;
  cluster.on('error', (error: Error) => (cause = error));
  cluster.on('node-error', (error: Error) => onLost(error, true));
  cluster.on('node-connect', () => {
    for (const { client } of cluster.nodeByAddress.values()) client?.unref?.();
  });
  try {
    await cluster.connect();
  } catch (error) {
    throw cause ?? error;
  }
  return toCluster(cluster);
}

/** Asks the Sentinels where the master is now. */
async function openMaster(options: OpenOptions): Promise<RedisClient> {
  const { target } = options;
  const login = { username: undefined, password: target.sentinelPassword };
  let failure = new Error(`No Sentinel knows a master ${target.master}.`);
  for (const node of target.nodes) {
    let address: string[] | null;
    try {
      const sentinel = await openServer({ ...options, onLost: () => {} }, node, login);
      const ask = ['SENTINEL', 'get-master-addr-by-name', target.master ?? ''];
      address = (await toSend(sentinel)(ask).finally(() => destroy(sentinel))) as string[] | null;
    } catch (error) {
      failure = error as Error;
      continue;
    }
    if (!address) continue;
    const [host = '', port] = address;
    const client = await openServer(options, { host, port: Number(port) }, target);
    const [role] = (await toSend(client)(['ROLE'])) as [string];
    if (role === 'master') return toSingle(client);
    destroy(client);
    failure = new Error(`${host}:${port} is not the master ${target.master} any more.`);
  }
  throw failure;
}

/**
 * A client that the app has made and connects: it is used as it is, and never ended here.
 *
 * @throws Error while it is not connected
 */
export async function useRedisClient(client: NodeRedis, onLost: OnLost): Promise<RedisClient> {
  const used = toUsed(client);
  if (!used.isReady()) throw new Error('the client of the app is not connected');
  const hear = (error: Error): void => {
    if (!used.isReady()) onLost(error);
  };
  client.on('error', hear);
  return { ...used, destroy: () => client.off('error', hear) };
}

function toUsed(client: NodeRedis): RedisClient {
  if ('slots' in client) return toCluster(client as unknown as Cluster);
  if (!('getSentinelNode' in client)) return toSingle(client);
  const sendCommand = client.sendCommand.bind(client) as (
    isReadonly: boolean,
    args: string[],
  ) => Promise<unknown>;
  return {
    ...toSingle(client),
    send: (_, args) => sendCommand(false, args),
    masters: async () => [(args) => sendCommand(false, args)],
  };
}

function toSingle(client: NodeRedis): RedisClient {
  const send = toSend(client);
  return {
    send: (_, args) => send(args),
    masters: async () => [send],
    isCluster: false,
    isReady: () => client.isReady ?? client.isOpen,
    destroy: () => destroy(client),
  };
}

function toCluster(cluster: Cluster): RedisClient {
  const sendCommand = cluster.sendCommand.bind(cluster) as (
    key: string,
    isReadonly: boolean,
    args: string[],
  ) => Promise<unknown>;
  return {
    send: (key, args) => sendCommand(key, false, args),
    masters: () =>
      Promise.all(cluster.masters.map(async (master) => toSend(await cluster.nodeClient(master)))),
    isCluster: true,
    isReady: () => cluster.isOpen,
    destroy: () => destroy(cluster),
  };
}

function toSend(client: NodeRedis): Send {
  return client.sendCommand.bind(client) as unknown as Send;
}

function toClientOptions(login: Login): object {
  return {
    ...(login.username !== undefined && { username: login.username }),
    ...(login.password !== undefined && { password: login.password }),
    ...(login.database && { database: login.database }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    commandsQueueMaxLength: MAX_PENDING,
  };
}

function toSocketOptions({ tls }: RedisTarget, connectTimeout: number): object {
  return { ...(tls && { ...tls, tls: true }), connectTimeout, reconnectStrategy: false };
}

function destroy(client: NodeRedis): void {
  try {
    client.destroy();
  } catch {
    // it is closed already
  }
}

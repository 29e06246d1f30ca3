import {
  destroy,
  toCluster,
  toSend,
  toSingle,
  type Cluster,
  type NodeRedis,
  type OnLost,
  type RedisClient,
} from './client.ts';
import type { RedisTarget } from './target.ts';

/** What is used of @keyv/redis. */
export interface RedisModule {
  createClient: (options: object) => NodeRedis;
  createCluster: (options: object) => NodeRedis;
}

/** Opens connections to a target. */
export interface OpenOptions {
  module: RedisModule;
  target: RedisTarget;
  onLost: OnLost;
  /** Aborts when it has taken too long, or nobody waits for it any more: what is open by then is ended. */
  signal: AbortSignal;
}

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
  const [node] = target.nodes as [Node];
  return toSingle(await openServer(options, node, target));
}

type Node = RedisTarget['nodes'][number];
type Login = Pick<RedisTarget, 'username' | 'password'> & { database?: number };

async function openServer(
  { module, target, onLost, signal }: OpenOptions,
  node: Node,
  login: Login,
): Promise<NodeRedis> {
  const client = module.createClient({
    ...toClientOptions(login),
    socket: { ...toSocketOptions(target, signal), ...node },
  });
  let isOpened = false;
  client.on('error', (error: Error) => isOpened && !client.isReady && onLost(error));
  client.unref?.(); // whoever waits for an answer keeps the process alive
  signal.addEventListener('abort', () => destroy(client), { once: true });
  try {
    signal.throwIfAborted();
    await client.connect();
    await toSend(client)(['PING']); // a server that wants a password, or is still loading, connects
    isOpened = true;
    return client;
  } catch (error) {
    destroy(client);
    throw error;
  }
}

async function openCluster(options: OpenOptions): Promise<RedisClient> {
  const { module, target, onLost, signal } = options;
  const cluster = module.createCluster({
    // It would wait for ever for a node that takes connections and does not answer.
    rootNodes: [{ socket: await findServing(options) }],
    minimizeConnections: true, // one node that is down must not keep the others from being used
    defaults: {
      ...toClientOptions(target),
      socket: toSocketOptions(target, signal),
    },
  }) as Cluster;
  signal.addEventListener('abort', () => destroy(cluster), { once: true });
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

/** The node that answers first. */
async function findServing(options: OpenOptions): Promise<Node> {
  const { target } = options;
  return firstOf(options, async (node, search) => {
    destroy(await openServer({ ...search, onLost: () => {} }, node, { ...target, database: 0 }));
    return node;
  });
}

/** The connection to the master that a Sentinel has named first: one that is silent keeps nobody. */
async function openMaster(options: OpenOptions): Promise<RedisClient> {
  const { target } = options;
  return firstOf(options, async (sentinel, search) => {
    const node = await askForMaster(search, sentinel);
    const client = await openServer(search, node, target);
    const [role] = (await toSend(client)(['ROLE'])) as [string];
    if (role === 'master') return toSingle(client);
    destroy(client);
    throw new Error(`${node.host}:${node.port} is not the master ${target.master} any more.`);
  });
}

async function askForMaster(options: OpenOptions, sentinel: Node): Promise<Node> {
  const { master = '', sentinelPassword } = options.target;
  const login = { username: undefined, password: sentinelPassword };
  const client = await openServer({ ...options, onLost: () => {} }, sentinel, login);
  const ask = ['SENTINEL', 'get-master-addr-by-name', master];
  const address = await toSend(client)(ask).finally(() => destroy(client));
  if (!address) throw new Error(`No Sentinel knows a master ${master}.`);
  const [host = '', port] = address as string[];
  return { host, port: Number(port) };
}

/**
 * Tries all nodes of a target side by side, and gives what has worked first. The others are given up.
 *
 * @throws Error of the first node, when none has worked
 */
async function firstOf<T>(
  options: OpenOptions,
  attempt: (node: Node, options: OpenOptions) => Promise<T>,
): Promise<T> {
  const controllers = options.target.nodes.map(() => new AbortController());
  let winner: AbortController | undefined;
  const attempts = options.target.nodes.map(async (node, index) => {
    const controller = controllers[index] as AbortController;
    const signal = AbortSignal.any([options.signal, controller.signal]);
    const result = await attempt(node, { ...options, signal });
    winner ??= controller;
    return result;
  });
  try {
    return await Promise.any(attempts);
  } catch (error) {
    throw (error as AggregateError).errors[0];
  } finally {
    for (const controller of controllers) if (controller !== winner) controller.abort();
  }
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

/**
 * No timeout of the client's own: a process that was busy hears it before it hears that the connection
 * is there. The signal ends what takes too long. It is given to the socket, too: the client does not know
 * that as long as it connects, and a server that swallows packets would keep it, and the process, for minutes.
 */
function toSocketOptions({ tls }: RedisTarget, signal: AbortSignal): object {
  return { ...(tls && { ...tls, tls: true }), signal, connectTimeout: 0, reconnectStrategy: false };
}

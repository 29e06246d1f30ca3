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

/** What is used of a client of a Cluster. */
export interface Cluster extends NodeRedis {
  masters: unknown[];
  nodeByAddress: Map<string, { client?: NodeRedis }>;
  nodeClient: (master: unknown) => Promise<NodeRedis>;
}

/** Hears that a connection is lost, or a node of several. */
export type OnLost = (error: Error, isPart?: boolean) => void;

/** How often it is looked whether the app has connected its client, and how many milliseconds apart. */
const LOOKS = 20;
const BETWEEN_LOOKS = 25;

/**
 * A client that the app has made and connects: it is used as it is, and never ended here. It is waited
 * for, for half a second in which this process is not busy.
 *
 * @throws Error when it is not connected by then
 */
export async function useRedisClient(client: NodeRedis, onLost: OnLost): Promise<RedisClient> {
  const used = toUsed(client);
  for (let looks = 1; !used.isReady(); looks++) {
    if (looks === LOOKS) throw new Error('the client of the app is not connected');
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS).unref());
  }
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

/** A connection to one server. */
export function toSingle(client: NodeRedis): RedisClient {
  const send = toSend(client);
  return {
    send: (_, args) => send(args),
    masters: async () => [send],
    isCluster: false,
    isReady: () => client.isReady ?? client.isOpen,
    destroy: () => destroy(client),
  };
}

/** The connections to the servers of a Cluster. */
export function toCluster(cluster: Cluster): RedisClient {
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

/** Sends commands over one connection. */
export function toSend(client: NodeRedis): Send {
  return client.sendCommand.bind(client) as unknown as Send;
}

/** Ends a connection at once, if it is there. */
export function destroy(client: NodeRedis): void {
  try {
    client.destroy();
  } catch {
    // it is closed already
  }
}

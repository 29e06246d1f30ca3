import type { NodeRedis } from './client.ts';
import type { RedisOptions } from './target.ts';

/** A connected client of the package redis or @redis/client: of one server, a Cluster or Sentinels. */
export type ConnectedRedis = Pick<NodeRedis, 'isOpen' | 'connect' | 'sendCommand'>;

/** Where sessions lie in Redis: what is needed to connect, or a client that is connected. */
export type RedisPlace = (RedisOptions & { url: string }) | ConnectedRedis;

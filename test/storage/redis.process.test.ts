import { afterAll, beforeAll } from 'vitest';
import type { SessionStorage } from '../../src/session/storage.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { describeStorageContract } from './contract.ts';

describeWithRedis('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.prepare();
    await server.begin();
  });
  afterAll(() => server.close());

  describeStorageContract('Redis', async () => {
    server.cli('FLUSHALL');
    const storages = new Map<string, SessionStorage>();
    return (namespace) => {
      const open = storages.get(namespace) ?? openRedisStorage({ url: server.url, namespace });
      storages.set(namespace, open);
      return open;
    };
  });

  describeStorageContract('Redis, with sealed records', async () => {
    server.cli('FLUSHALL');
    return (namespace) => openRedisStorage({ url: server.url, namespace, isSealed: true });
  });

  describeStorageContract('a Redis that two processes have open, turn by turn', async () => {
    server.cli('FLUSHALL');
    return (namespace) => {
      const [one, two] = [1, 2].map(() => openRedisStorage({ url: server.url, namespace }));
      let count = 0;
      return new Proxy(one as SessionStorage, {
        get: (_, verb: Exclude<keyof SessionStorage, 'isRemote' | 'missReason' | 'entriesNow'>) => {
          const target = (count++ % 2 === 0 ? one : two) as SessionStorage;
          return target[verb].bind(target);
        },
      });
    };
  });
});

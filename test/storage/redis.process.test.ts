import type { SessionStorage } from '../../src/session/storage.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { describeStorageContract } from './contract.ts';

describeWithRedis('Redis', () => {
  describeStorageContract('Redis', async () => {
    const { url } = openRedisDatabase();
    const storages = new Map<string, SessionStorage>();
    return (namespace) => {
      const open = storages.get(namespace) ?? openRedisStorage({ url, namespace });
      storages.set(namespace, open);
      return open;
    };
  });

  describeStorageContract('Redis, with sealed records', async () => {
    const { url } = openRedisDatabase();
    return (namespace) => openRedisStorage({ url, namespace, isSealed: true });
  });

  describeStorageContract('a Redis that two processes have open, turn by turn', async () => {
    const { url } = openRedisDatabase();
    return (namespace) => {
      const [one, two] = [1, 2].map(() => openRedisStorage({ url, namespace }));
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

import { createClient } from 'redis';
import { afterAll, describe } from 'vitest';
import type { SessionStorage } from '../../src/session/storage.ts';
import { rows } from '../support/depth.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { describeStorageContract, type OpenMedium } from './contract.ts';

/** Clients of the app's own, of which each test has one. */
const clients: { destroy(): void }[] = [];
afterAll(() => clients.forEach((client) => client.destroy()));

const MEDIA: { name: string; open: OpenMedium }[] = [
  {
    name: 'Redis',
    open: async () => {
      const { url } = openRedisDatabase();
      const storages = new Map<string, SessionStorage>();
      return (namespace) => {
        const storage = storages.get(namespace) ?? openRedisStorage({ url, namespace });
        storages.set(namespace, storage);
        return storage;
      };
    },
  },
  {
    name: 'Redis, with sealed records',
    open: async () => {
      const { url } = openRedisDatabase();
      return (namespace) => openRedisStorage({ url, namespace, isSealed: true });
    },
  },
  {
    name: 'a Redis that two processes have open, turn by turn',
    open: async () => {
      const { url } = openRedisDatabase();
      return (namespace) => {
        const [one, two] = [1, 2].map(() => openRedisStorage({ url, namespace }));
        let count = 0;
        return new Proxy(one as SessionStorage, {
          get: (_, verb: 'get') => {
            const target = (count++ % 2 === 0 ? one : two) as SessionStorage;
            return target[verb].bind(target);
          },
        });
      };
    },
  },
  {
    name: "a client of the app's own",
    open: async () => {
      const client = createClient({ url: openRedisDatabase().url });
      clients.push(client);
      await client.connect();
      return (namespace) => openRedisStorage({ redis: client, namespace });
    },
  },
];

describeWithRedis('over Redis', () => {
  describe.each(rows(MEDIA, 'Redis'))('$name', ({ name, open }) => {
    describeStorageContract(name, open);
  });
});

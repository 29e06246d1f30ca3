import { randomUUID } from 'node:crypto';
import { createStorage } from 'unstorage';
import holdover from '../../src/unstorage.ts';
import type { Entry } from './entry.ts';

export const entry: Entry = {
  packages: ['unstorage'],
  unit: 1000,
  refusesEnded: false,
  open(options) {
    const storage = createStorage<string>({ driver: holdover(options) });
    return {
      async add(text, ttl) {
        const key = randomUUID();
        await storage.setItem(key, text, { ttl });
        return key;
      },
      change: (key, text) => storage.setItem(key, text),
      read: async (key) => (await storage.getItem(key)) ?? undefined,
      end: (key) => storage.removeItem(key),
    };
  },
};

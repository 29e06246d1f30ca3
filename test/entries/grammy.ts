import { randomUUID } from 'node:crypto';
import { createStorage } from '../../src/grammy.ts';
import type { Entry } from './entry.ts';

export const entry: Entry = {
  packages: ['grammy'],
  refusesEnded: false,
  open(options) {
    const storage = createStorage<string>(options);
    return {
      async add(text) {
        const key = randomUUID();
        await storage.write(key, text);
        return key;
      },
      change: async (key, text) => storage.write(key, text),
      read: async (key) => storage.read(key),
      end: async (key) => storage.delete(key),
    };
  },
};

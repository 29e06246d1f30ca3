import { randomUUID } from 'node:crypto';
import { createSecondaryStorage } from '../../src/better-auth.ts';
import type { Entry } from './entry.ts';

export const entry: Entry = {
  packages: ['better-auth'],
  unit: 1000,
  refusesEnded: false,
  open(options) {
    const { get, set, delete: remove } = createSecondaryStorage(options);
    return {
      async add(text, ttl) {
        const key = randomUUID();
        await set(key, text, ttl);
        return key;
      },
      async change(key, text) {
        await set(key, text);
      },
      read: async (key) => ((await get(key)) as string | null) ?? undefined,
      async end(key) {
        await remove(key);
      },
    };
  },
};

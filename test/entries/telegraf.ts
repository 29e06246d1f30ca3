import { randomUUID } from 'node:crypto';
import { createStore } from '../../src/telegraf.ts';
import type { Entry } from './entry.ts';

export const entry: Entry = {
  packages: ['telegraf'],
  refusesEnded: false,
  open(options) {
    const store = createStore<string>(options);
    return {
      async add(text) {
        const key = randomUUID();
        await store.set(key, text);
        return key;
      },
      change: store.set,
      read: store.get,
      end: store.delete,
    };
  },
};

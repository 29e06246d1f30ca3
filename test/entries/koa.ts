import { randomUUID } from 'node:crypto';
import { createStore } from '../../src/koa.ts';
import type { Entry } from './entry.ts';

export const entry: Entry = {
  packages: ['koa', 'koa-session'],
  unit: 1,
  refusesEnded: false, // what another request has begun under the same id is its own
  open(options) {
    const store = createStore(options);
    const DAY = 24 * 60 * 60 * 1000;
    const inRequest = () => ({ rolling: false, changed: true, ctx: {} });
    return {
      async add(text, ttl = DAY) {
        const key = randomUUID();
        await store.set(key, { text }, ttl, inRequest());
        return key;
      },
      change: (key, text) => store.set(key, { text }, DAY, inRequest()),
      async read(key) {
        const session = (await store.get(key, DAY, inRequest())) as { text: string } | undefined;
        return session?.text;
      },
      end: (key) => store.destroy(key, inRequest()),
    };
  },
};

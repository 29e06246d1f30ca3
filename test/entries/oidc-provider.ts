import { randomUUID } from 'node:crypto';
import { createAdapter } from '../../src/oidc-provider.ts';
import type { Entry } from './entry.ts';

export const entry: Entry = {
  packages: ['oidc-provider'],
  unit: 1000,
  refusesEnded: true,
  open(options) {
    const adapter = createAdapter(options)('Session');
    const write = async (id: string, text: string, ttl?: number): Promise<void> =>
      void (await adapter.upsert(id, { jti: id, uid: id, text }, ttl));
    return {
      async add(text, ttl) {
        const id = randomUUID();
        await write(id, text, ttl);
        return id;
      },
      change: write,
      read: async (id) => ((await adapter.find(id)) as { text?: string } | undefined)?.text,
      async end(id) {
        await adapter.destroy(id);
      },
    };
  },
};

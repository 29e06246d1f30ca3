import { createSessionStorage } from '../../src/react-router.ts';
import type { Entry } from './entry.ts';

/** A key is the header of a browser that has the cookie. */
export const entry: Entry = {
  packages: ['react-router', 'react'],
  unit: 1000,
  refusesEnded: true,
  open(options) {
    const storage = createSessionStorage<{ text: string }>(options);
    return {
      async add(text, maxAge) {
        const session = await storage.getSession();
        session.set('text', text);
        return storage.commitSession(session, { maxAge });
      },
      async change(cookie, text) {
        const session = await storage.getSession(cookie);
        session.set('text', text);
        await storage.commitSession(session);
      },
      read: async (cookie) => (await storage.getSession(cookie)).get('text'),
      async end(cookie) {
        await storage.destroySession(await storage.getSession(cookie));
      },
    };
  },
};

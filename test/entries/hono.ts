import { Hono } from 'hono';
import { sessionMiddleware, type Session } from 'hono-sessions';
import { createStore, sessionOptions } from '../../src/hono.ts';
import type { Entry } from './entry.ts';

type Use = (session: Session<{ text: string }>) => string | null | void;

/** A key is the cookie of a browser. */
export const entry: Entry = {
  packages: ['hono', 'hono-sessions'],
  unit: 1000,
  refusesEnded: true,
  open(options) {
    const store = createStore(options);
    /** Answers one request. */
    const request = async (use: Use, cookie = '', ttl?: number): Promise<Response> => {
      const app = new Hono<{ Variables: { session: Session<{ text: string }> } }>();
      const { expireAfterSeconds, ...others } = sessionOptions({ ...options, rolling: false });
      app.use(
        sessionMiddleware({ ...others, expireAfterSeconds: ttl ?? expireAfterSeconds, store }),
      );
      app.get('/', (c) => c.text(use(c.get('session')) ?? ''));
      app.onError((error) => {
        throw error;
      });
      return app.request('/', { headers: { cookie } });
    };
    return {
      async add(text, ttl) {
        const { headers } = await request((session) => session.set('text', text), '', ttl);
        return headers.get('set-cookie')?.split(';')[0] ?? '';
      },
      async change(cookie, text) {
        await request((session) => session.set('text', text), cookie);
      },
      async read(cookie) {
        const response = await request((session) => session.get('text'), cookie);
        return (await response.text()) || undefined;
      },
      async end(cookie) {
        await request((session) => session.deleteSession(), cookie);
      },
    };
  },
};

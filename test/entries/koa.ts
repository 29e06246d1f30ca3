import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa, { type Context } from 'koa';
import session from 'koa-session';
import { createStore, sessionKeys, sessionOptions } from '../../src/koa.ts';
import type { Entry } from './entry.ts';

type Use = (context: Context) => unknown;

/** A key is what the cookies of a browser are. */
export const entry: Entry = {
  packages: ['koa-session'],
  unit: 1,
  refusesEnded: true,
  open(options) {
    const store = createStore(options);
    /** Answers one request. */
    const request = async (use: Use, cookie = '', ttl?: number): Promise<Response> => {
      const app = new Koa();
      app.keys = sessionKeys(options);
      const { maxAge, ...others } = sessionOptions({ ...options, rolling: false });
      app.use(session({ ...others, maxAge: ttl ?? maxAge, store }, app));
      app.use((context) => void (context.body = use(context) ?? ''));
      const errors: unknown[] = [];
      app.on('error', (error) => errors.push(error));
      const server = createServer(app.callback()).listen(0);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://localhost:${port}`, { headers: { cookie } });
      server.close();
      server.closeAllConnections();
      if (errors.length > 0) throw errors[0] as Error;
      return response;
    };
    return {
      async add(text, ttl) {
        const { headers } = await request(
          (context) => void (context.session!.text = text),
          '',
          ttl,
        );
        return headers
          .getSetCookie()
          .map((line) => line.split(';')[0])
          .join('; ');
      },
      async change(cookie, text) {
        await request((context) => void (context.session!.text = text), cookie);
      },
      async read(cookie) {
        const response = await request((context) => context.session!.text as unknown, cookie);
        return (await response.text()) || undefined;
      },
      async end(cookie) {
        await request((context) => void (context.session = null), cookie);
      },
    };
  },
};

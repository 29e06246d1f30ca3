import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

import express, { type Response } from 'express';
import { createServer as createViteServer } from 'vite';

const outer = express();
const server = createServer(outer);
const vite = await createViteServer({
  root: dirname(import.meta.dirname),
  configFile: join(import.meta.dirname, 'vite.config.ts'),
  server: { middlewareMode: { server }, ws: { server } }, // no port of Vite's own beside the app's
});

outer.use(vite.middlewares);
outer.use(async (req, res, next) => {
  try {
    transformPages(res, req.originalUrl);
    const { app } = await vite.ssrLoadModule('/vite/entry-server.ts');
    app(req, res, next);
  } catch (error) {
    vite.ssrFixStacktrace(error as Error);
    next(error);
  }
});

server.listen(Number(process.env.PORT ?? 3000), () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Party planner inside Vite at http://localhost:${port}/organizer/`);
  console.log('Log in as ada, with the password lovelace.');
});

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void vite.close();
});

/** Puts Vite's client, and ours, into every page. */
function transformPages(res: Response, url: string): void {
  const send = res.send.bind(res);
  res.send = (body: unknown) => {
    if (typeof body !== 'string') return send(body);
    const page = body.replace(
      '</head>',
      '<script type="module" src="/vite/client.ts"></script></head>',
    );
    vite.transformIndexHtml(url, page).then(send, res.req.next);
    return res;
  };
}

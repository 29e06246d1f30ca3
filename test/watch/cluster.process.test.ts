import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { Browser } from '../support/browser.ts';
import { createKeepAliveAgent, get } from '../support/clients.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';

const SERVER = `
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
if (cluster.isPrimary) {
  cluster.setupPrimary({ exec: fileURLToPath(new URL('./worker.js', import.meta.url)) });
  for (let i = 0; i < 2; i++) cluster.fork().on('message', (message) => console.log('strange ' + message));
  cluster.on('exit', (worker, code) => console.log('a worker has ended ' + code));
}`;

const WORKER = `
import express from 'express';
import session from 'express-session';
import { readdirSync } from 'node:fs';
const app = express();
app.use(session({ secret: 's', resave: false, saveUninitialized: false }));
for (const file of readdirSync('routes')) (await import('./routes/' + file)).default(app);
app.listen(process.env.PORT);`;

const toRoutes = (version: string): string => `export default (app) => {
  app.get('/', ({ session }, response) => response.json({ version: '${version}', visits: session.visits }));
  app.get('/slow', (_, response) => {
    console.log('slow');
    setTimeout(() => response.send('${version}'), 1000);
  });
  app.get('/loop', () => {
    console.log('loops');
    while (true);
  });
  app.get('/visit', ({ session }, response) => response.json({ visits: (session.visits = (session.visits ?? 0) + 1) }));
};`;

describe('an app in a cluster', () => {
  it('is restarted by what only its workers load, and told of with its sessions and the time', async () => {
    const files = { 'server.js': SERVER, 'worker.js': WORKER, 'routes/all.js': toRoutes('1') };
    const rig = await Rig.start({ needsPort: true, files });
    const browser = new Browser(rig.url);
    const answers = (version: string) =>
      poll(async () => {
        const answer = await browser.json<{ version: string; visits?: number }>('/');
        return answer?.version === version ? answer : undefined;
      });
    await answers('1');
    await browser.json('/visit');
    rig.app.write('routes/all.js', toRoutes('2'));
    await rig.printed(/\[holdover\] routes\/all\.js {2}1 session held over · .*ms$/);
    expect((await answers('2')).visits).toBe(1);
    rig.app.write('routes/all.js', 'this is no JavaScript');
    await rig.printed(/^a worker has ended 1/);
    rig.app.write('routes/all.js', toRoutes('3'));
    expect((await answers('3')).visits).toBe(1);
    expect(rig.running.output).not.toContain('strange');
  });

  it.runIf(IS_LONG)(
    'answers what is in flight in its workers, and ends those that hear nothing',
    async () => {
      const files = { 'server.js': SERVER, 'worker.js': WORKER, 'routes/all.js': toRoutes('1') };
      const rig = await Rig.start({
        needsPort: true,
        files,
        words: ['--grace', '5m', 'server.js'],
      });
      const { port } = rig;
      const browser = new Browser(rig.url);
      const answers = (version: string) =>
        poll(async () => (await browser.json<{ version: string }>('/'))?.version === version);
      await answers('1');
      const agent = createKeepAliveAgent();
      const slow = get({ port, path: '/slow', agent });
      await rig.printed(/^slow/);
      rig.app.write('routes/all.js', toRoutes('2'));
      expect((await slow).text).toBe('1');
      await answers('2');
      expect((await get({ port, path: '/', agent })).text).toContain('"version":"2"');
      void get({ port, path: '/loop' }).catch(() => {});
      await rig.printed(/^loops/);
      rig.app.write('routes/all.js', toRoutes('3'));
      await answers('3');
    },
  );
});

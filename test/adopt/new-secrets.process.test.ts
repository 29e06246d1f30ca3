import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { CareApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { runScript } from '../support/script.ts';

const KEPT = "'b1946ac92492d2347c6235b4d2611184'";
const CHANGED = "'591785b794601e212b260e25925636fd'";
const RANDOM = "randomBytes(32).toString('hex')";

/** Apps that give their framework a secret, and end. */
const SCRIPTS = [
  {
    name: 'express-session',
    said: 'express-session gets in app.js:3 is another one at every start',
    toApp: (secret: string) => `import { randomBytes } from 'node:crypto';
import session from 'express-session';
session({
  secret: ${secret},
  resave: false,
  saveUninitialized: false,
});
`,
  },
  {
    name: '@fastify/session',
    said: '@fastify/session gets is another one at every start',
    toApp: (secret: string) => `import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import Fastify from 'fastify';
const app = Fastify();
app.register(cookie);
app.register(session, { secret: ${secret} });
await app.ready();
`,
  },
];

async function createProject(code: string): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "project", "type": "module" }');
  app.write('app.js', code);
  return app;
}

/** Runs the app to its end so often, and returns what it has printed each time. */
async function run(app: App, times: number): Promise<string[]> {
  const said: string[] = [];
  for (let n = 0; n < times; n++)
    said.push((await runScript(app, ['--import', 'holdover/register', 'app.js'])).stderr);
  return said;
}

describe.each(rows(SCRIPTS, 'express-session'))('the secret of $name', ({ said, toApp }) => {
  it('is said once when it is another one at every start, with what to do', async () => {
    const printed = await run(await createProject(toApp(RANDOM)), 4);
    expect(printed.map((text) => text.includes(said))).toEqual([false, false, true, false]);
    expect(printed[2]).toContain('put it into .env as SESSION_SECRET=…');
  });

  it('is not mistaken for such a one when it is kept, nor when it was changed', async () => {
    const app = await createProject(toApp(KEPT));
    const printed = await run(app, 3);
    app.write('app.js', toApp(CHANGED));
    printed.push(...(await run(app, 2)));
    expect(printed.join()).not.toContain('another one');
    expect(printed.join()).not.toContain(KEPT.slice(1, -1));
  });
});

it('says once that the key of hono-sessions is another one at every start', async () => {
  const project = await CareProject.begin('filesystem');
  for (const name of ['hono', 'hono-sessions', '@hono/node-server']) linkPackage(project.app, name);
  const code = `import { randomBytes } from 'node:crypto';
    import { serve } from '@hono/node-server';
    import { Hono } from 'hono';
    import { MemoryStore, sessionMiddleware } from 'hono-sessions';
    const app = new Hono();
    app.use(sessionMiddleware({ store: new MemoryStore(), encryptionKey: ${RANDOM} }));
    app.get('/', (c) => c.json({}));
    serve({ fetch: app.fetch, port: Number(process.env.PORT) }, () => console.log('listening'));`;
  const said =
    /hono-sessions gets in app\.js:\d+ is another one at every start.*Write encryptionKey: process\.env\.SESSION_SECRET, with one/;
  const printed: boolean[] = [];
  for (let times = 0; times < 4; times++) {
    const app = await CareApp.start(project, code);
    await app.browser.text('/');
    await poll(() => project.countNoted('hono-sessions') > times);
    if (times === 2) await app.running.printed(said);
    printed.push(said.test(app.running.output));
    await app.kill();
  }
  expect(printed).toEqual([false, false, true, false]);
});

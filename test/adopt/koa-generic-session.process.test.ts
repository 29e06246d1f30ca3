import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { CareApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { runScript } from '../support/script.ts';

/** @param options of koa-generic-session, as code */
function toKoaApp(keys: string, options = ''): string {
  return `
    import Koa from 'koa';
    import session from 'koa-generic-session';
    const app = new Koa();
    app.keys = ${keys};
    app.use(session({ ${options} }));
    app.use(async (ctx) => {
      if (ctx.path === '/login') ctx.session.user = 'ada';
      if (ctx.path === '/anew') {
        await ctx.regenerateSession();
        ctx.session.user = 'grace';
      }
      ctx.body = { user: ctx.session.user };
      if (ctx.path === '/logout') ctx.session = null;
    });
    app.listen(process.env.PORT, () => console.log('listening'));`;
}

async function beginProject(): Promise<CareProject> {
  const project = await CareProject.begin('filesystem');
  for (const name of ['koa', 'koa-generic-session']) linkPackage(project.app, name);
  return project;
}

it('lists its sessions, and says why somebody was logged out', async () => {
  const project = await beginProject();
  const answers = (text: RegExp) =>
    poll(async () => text.test((await project.run(['why'])).stdout));
  const before = await CareApp.start(project, toKoaApp("['old']"));
  expect(await before.browser.json('/login')).toEqual({ user: 'ada' });
  const id = before.browser.cookie('koa.sid') ?? '';
  expect(before.running.output).not.toContain('MemoryStore');
  expect((await project.run(['ls'])).stdout).toMatch(new RegExp(`^ada +${id.slice(0, 6)}…`, 'm'));
  const other = new Browser(project.app.url);
  await other.json('/login');
  const otherId = other.cookie('koa.sid') ?? '';
  await other.json('/logout');
  expect((await project.run(['why', '--', otherId])).stdout).toMatch(
    /^The session was destroyed by `GET \/logout`/,
  );
  await before.kill();

  const after = await CareApp.start(project, toKoaApp("['new']"));
  const browser = before.browser.clone();
  expect(await browser.json('/me')).toEqual({});
  await answers(/^The secret has changed since the cookie koa\.sid of this session/);
  expect(await browser.json('/me')).toEqual({}); // Koa has taken the signature away
  await after.kill();

  await CareApp.start(project, toKoaApp("['new', 'old']"));
  expect(await before.browser.json('/me')).toEqual({ user: 'ada' });
  const doctor = await project.run(['doctor']);
  expect(doctor.stdout).toMatch(/koa-generic-session 2\S+: its memory store is adopted/);
});

it('takes ids that an app makes again after a logout', async () => {
  const project = await beginProject();
  const app = await CareApp.start(project, toKoaApp("['key']", "key: 'own', genSid: () => 'same'"));
  expect(await app.browser.json('/login')).toEqual({ user: 'ada' });
  expect(await app.browser.json('/anew')).toEqual({ user: 'grace' });
  expect(await app.browser.json('/me')).toEqual({ user: 'grace' });
  await app.browser.json('/logout');
  expect(await app.browser.json('/login')).toEqual({ user: 'ada' });
  expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
});

it('keeps an expiry that the app says, and what a faster request has stored', async () => {
  const app = await createApp();
  app.write('package.json', '{ "name": "by-hand" }');
  linkPackage(app, 'koa-generic-session');
  app.write(
    'app.js',
    `const session = require('koa-generic-session');
     const store = new session.MemoryStore();
     session({ store });
     store.set('koa:sess:short', { n: 1 }, 1);
     store.set('koa:sess:long', { n: 1, cookie: {} }, 60_000);
     const slow = store.get('koa:sess:long');
     const faster = store.get('koa:sess:long');
     faster.n = 2;
     store.set('koa:sess:long', faster, 60_000);
     store.set('koa:sess:long', slow, 60_000);
     const found = store.get('koa:sess:long').n;
     store.destroy('koa:sess:long');
     slow.n = 3;
     store.set('koa:sess:long', slow, 60_000);
     const gone = store.get('koa:sess:long');
     setTimeout(() => console.log(found, gone, store.get('koa:sess:short')), 50);`,
  );
  const { stdout } = await runScript(app, ['--import', 'holdover/register', 'app.js']);
  expect(stdout).toBe('2 undefined undefined\n');
});

it("gives the app the package's own middleware, and asks what the app asks of a session", async () => {
  const app = await createApp();
  for (const name of ['koa', 'koa-generic-session']) linkPackage(app, name);
  app.write('package.json', '{ "name": "app", "type": "module" }');
  app.write(
    'app.js',
    `
    import { types } from 'node:util';
    import Koa from 'koa';
    import session from 'koa-generic-session';
    const koa = new Koa();
    koa.keys = ['keys'];
    const asked = [];
    const valid = (ctx, { user }) => asked.push(ctx.path + ' ' + user) > 0 && user !== 'gone';
    const middleware = session({ valid });
    koa.use(middleware);
    koa.use((ctx) => {
      ctx.session.user ??= ctx.path.slice(1);
      ctx.body = ctx.session.user;
    });
    const server = koa.listen(0, async () => {
      const url = 'http://localhost:' + server.address().port;
      const visit = async (path, cookie) => {
        const response = await fetch(url + path, { headers: { ...(cookie && { cookie }) } });
        const given = response.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
        return { text: await response.text(), cookie: given };
      };
      const ada = await visit('/ada');
      const gone = await visit('/gone');
      console.log(types.isProxy(middleware), (await visit('/me', ada.cookie)).text);
      console.log((await visit('/anew', gone.cookie)).text, asked.join());
      server.close();
      server.closeAllConnections();
    });`,
  );
  const { stdout } = await runScript(app, ['--import', 'holdover/register', 'app.js']);
  expect(stdout).toBe('false ada\nanew /ada undefined,/gone undefined,/me ada,/anew gone\n');
  expect((await runScript(app, ['app.js'])).stdout).toBe(stdout);
});

import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { runScript } from '../support/script.ts';

const EXPRESS_APP = `
  import { once } from 'node:events';
  import express from 'express';
  import session from 'express-session';
  import { createStore, sessionOptions } from 'holdover/express';

  const store = createStore({ namespace: 'shop' });
  const app = express();
  app.use(session({ ...sessionOptions(), store }));
  app.get('/', (req, res) => {
    req.session.visits = (req.session.visits ?? 0) + 1;
    res.json({ visits: req.session.visits });
  });
  const server = app.listen(0);
  await once(server, 'listening');
  const url = 'http://localhost:' + server.address().port;
  const headers = process.argv[2] ? { cookie: process.argv[2] } : {};
  const response = await fetch(url, { headers });
  const { visits } = await response.json();
  const setCookie = response.headers.get('set-cookie');
  console.log(JSON.stringify({ visits, setCookie, isStore: store instanceof session.Store }));
  server.close();
  server.closeAllConnections();
`;

async function createExplicitApp(code: string) {
  const app = await createApp();
  app.write('package.json', '{ "name": "explicit", "type": "module" }');
  app.write('app.js', code);
  return app;
}

describe('the explicit store', () => {
  it('keeps sessions in an Express app over a restart, with the secret of the project', async () => {
    const app = await createExplicitApp(EXPRESS_APP);
    const first = JSON.parse((await runScript(app, ['app.js'])).stdout);
    expect(first).toMatchObject({ visits: 1, isStore: true });
    expect(first.setCookie).toMatch(/HttpOnly; SameSite=Lax$/);
    const cookie = first.setCookie.split(';')[0];
    expect(JSON.parse((await runScript(app, ['app.js', cookie])).stdout).visits).toBe(2);
  });

  it('needs a long secret in production, and then makes cookies secure', async () => {
    const app = await createExplicitApp(`
      import { sessionOptions } from 'holdover/express';
      try {
        const { secret, cookie } = sessionOptions();
        console.log(JSON.stringify({ secret, cookie }));
      } catch (error) {
        console.log(error.message);
      }
    `);
    const printed = async (secret: string): Promise<string> => {
      const env = { NODE_ENV: 'production', SESSION_SECRET: secret };
      return (await runScript(app, ['app.js'], env)).stdout.trim();
    };
    expect(await printed('')).toMatch(/^SESSION_SECRET is not set\./);
    expect(await printed('short')).toMatch(
      /^SESSION_SECRET has 5 characters and needs at least 32\./,
    );
    const [newest, oldest] = [
      'b1946ac92492d2347c6235b4d2611184',
      '591785b794601e212b260e25925636fd',
    ];
    expect(JSON.parse(await printed(`${newest},${oldest}`))).toEqual({
      secret: [newest, oldest],
      cookie: { httpOnly: true, sameSite: 'lax', secure: true, maxAge: 7 * 24 * 60 * 60 * 1000 },
    });
  });

  it('gives hono-sessions its key and its cookie, and of several secrets the newest', async () => {
    const app = await createExplicitApp(`
      import { sessionOptions } from 'holdover/hono';
      const options = JSON.parse(process.argv[2]);
      console.log(JSON.stringify(sessionOptions(options)));
    `);
    const show = async (options: object, env: NodeJS.ProcessEnv = {}): Promise<object> =>
      JSON.parse((await runScript(app, ['app.js', JSON.stringify(options)], env)).stdout) as object;
    const cookieOptions = { httpOnly: true, sameSite: 'Lax', secure: false };
    const own = await show({ lifetime: '1d', rolling: false, permanent: false });
    expect(own).toEqual({
      sessionCookieName: expect.stringMatching(/^[\w-]+\.sid$/),
      encryptionKey: expect.stringMatching(/^.{32,}$/),
      expireAfterSeconds: 86_400,
      autoExtendExpiration: false,
      cookieOptions,
    });
    expect(await show({ lifetime: '1d', rolling: false, permanent: false })).toEqual(own);
    const [newest, oldest] = [
      'b1946ac92492d2347c6235b4d2611184',
      '591785b794601e212b260e25925636fd',
    ];
    const env = { NODE_ENV: 'production', SESSION_SECRET: `${newest},${oldest}` };
    expect(await show({ lifetime: '500d' }, env)).toEqual({
      encryptionKey: newest,
      expireAfterSeconds: 500 * 86_400,
      autoExtendExpiration: true,
      cookieOptions: { ...cookieOptions, secure: true, maxAge: 400 * 86_400 },
    });
  });

  it('takes SESSION_FILE_DIR, SESSION_KEY and a directory of its own', async () => {
    const app = await createExplicitApp(`
      import { createSessionStore } from 'holdover';
      const store = createSessionStore(process.argv[2] ? { directory: process.argv[2] } : {});
      await store.set('id', { user: 'ada' });
      console.log((await store.get('id')).data.user, await store.length());
    `);
    const key = { SESSION_KEY: 'k'.repeat(32) };
    const chosen = await runScript(app, ['app.js'], { SESSION_FILE_DIR: 'var/sessions', ...key });
    expect(chosen.stdout).toBe('ada 1\n');
    expect(chosen.stderr).toBe('[holdover] Created session directory: var/sessions\n');
    const own = await runScript(app, ['app.js', 'own'], {
      SESSION_FILE_DIR: 'var/sessions',
      ...key,
    });
    expect(own.stderr).toBe('[holdover] Created session directory: own\n');
    expect(app.read('own/.gitignore')).toBe('*\n');
    const short = runScript(app, ['app.js'], { SESSION_KEY: 'short' });
    await expect(short).rejects.toThrow('SESSION_KEY has 5 characters and needs at least 32.');
  });
});

import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';

/** Two stores in one app. Each word is a request: its path, and its cookie. */
const TWO_STORES = `
  import { Hono } from 'hono';
  import { MemoryStore, sessionMiddleware } from 'hono-sessions';
  const app = new Hono();
  for (const sessionCookieName of ['shop', 'admin'])
    app.use('/' + sessionCookieName + '/*', sessionMiddleware({ store: new MemoryStore(), sessionCookieName }));
  app.get('/:area/login', (c) => { c.get('session').set('user', 'ada'); return c.text(''); });
  app.get('/:area/me', (c) => c.text(String(c.get('session').get('user'))));
  const answers = [];
  for (const word of process.argv.slice(2)) {
    const [path, cookie = ''] = word.split(' ');
    const response = await app.request(path, { headers: { cookie } });
    answers.push({ text: await response.text(), cookie: response.headers.get('set-cookie') });
  }
  console.log(JSON.stringify(answers));`;

describe('an app on Hono that knows nothing of holdover', () => {
  it('has its stores kept apart by the names of their cookies, whichever is asked first', async () => {
    const app = await createApp();
    for (const name of ['hono', 'hono-sessions']) linkPackage(app, name);
    app.write('package.json', '{ "name": "two", "type": "module" }');
    app.write('app.js', TWO_STORES);
    app.write(
      'app.cjs',
      TWO_STORES.replace(/import (.*) from '(.*)'/g, "const $1 = require('$2')"),
    );
    app.write(
      'app.cjs',
      app.read('app.cjs').replace('const answers', '(async () => {\n$&') + '})();',
    );
    const run = async (words: string[], file = 'app.js') => {
      const { stdout } = await runScript(app, ['--import', 'holdover/register', file, ...words]);
      return JSON.parse(stdout) as { text: string; cookie: string }[];
    };
    const [login] = await run(['/shop/login']);
    const [id] = /(?<=^shop=)[^;]+/.exec(login?.cookie ?? '') ?? [];
    for (const file of ['app.js', 'app.cjs']) {
      const answers = await run([`/admin/me admin=${id}`, `/shop/me shop=${id}`], file);
      expect(answers.map(({ text }) => text)).toEqual(['null', 'ada']);
    }
  });
});

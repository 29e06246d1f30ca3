import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/care/doctor/check.ts';
import { createApp, type App } from '../support/app.ts';
import { CareApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { runScript } from '../support/script.ts';

function installHono(app: App): void {
  for (const name of ['hono', 'hono-sessions', '@hono/node-server']) linkPackage(app, name);
}

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
    installHono(app);
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

  it('is told what has become of its store', async () => {
    const project = await CareProject.begin('filesystem');
    installHono(project.app);
    project.app.write(
      'package.json',
      '{ "name": "p", "type": "module", "dependencies": { "hono-sessions": "0.8" } }',
    );
    const diagnose = async (wanted: string): Promise<Check | undefined> => {
      const { stdout } = await project.run(['doctor', '--json']);
      return (JSON.parse(stdout) as Check[]).find(({ name }) => name === wanted);
    };
    const run = async (store: string) => {
      const app = await CareApp.start(
        project,
        `import { serve } from '@hono/node-server';
         import { Hono } from 'hono';
         import { CookieStore, MemoryStore, sessionMiddleware } from 'hono-sessions';
         class Mine extends MemoryStore { getSessionById(id) { return super.getSessionById(id); } }
         const app = new Hono();
         app.use(sessionMiddleware({ store: new ${store}(), sessionCookieName: 'sid', encryptionKey: 'a key of at least thirty-two signs' }));
         serve({ fetch: app.fetch, port: Number(process.env.PORT) }, () => console.log('listening'));`,
      );
      await app.browser.request('/');
      return app;
    };
    expect(await diagnose('framework')).toMatchObject({
      found: expect.stringMatching(
        /^package\.json names hono-sessions, and no run of the app under holdover is recorded/,
      ),
      advice: 'Run it with: holdover watch <entry>',
    });
    const isSaid = async (name: string, state: string, found: RegExp) =>
      poll(async () => {
        const check = await diagnose(name);
        return check?.state === state && found.test(check.found);
      });

    const adopted = await run('MemoryStore');
    await isSaid('framework', 'good', /its memory store is adopted/);
    await isSaid('cookie', 'good', /^sid of hono-sessions: secure off/);
    await adopted.kill();
    const own = await run('Mine');
    await own.running.printed(
      "hono-sessions has a store of the app's own in memory (Mine), so its sessions end with the process. Give it a MemoryStore as it is, or createStore() of holdover.",
    );
    await isSaid('framework', 'broken', /not adopted .* store of its own \(Mine\)/);
    await own.kill();
    const cookies = await run('CookieStore');
    await isSaid(
      'framework',
      'good',
      /store of its own \(CookieStore\), which outlasts the process/,
    );
    await cookies.kill();
    expect(cookies.running.output).not.toContain('CookieStore');
  });
});

import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { childrenOf } from '../support/children.ts';
import { untilKept } from '../support/kept-state.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { killGroup, start, type Running } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

// Apps as people have them. What is kept is named from outside: no line of theirs is changed for it.

const JSON_BODY = { 'content-type': 'application/json' };

/** Asks until the app answers, and gives the JSON of that. */
function ask<T>(browser: Browser, path: string, body?: object): Promise<NonNullable<T>> {
  const init = body && { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) };
  return poll(() => browser.json<T>(path, init));
}

function startWith(app: App, args: string[]): Running {
  const env = { PORT: String(app.port) };
  return start(process.execPath, args, { cwd: app.folder, env });
}

describe('a generated Express and Vite app with MemStorage, memorystore and passport', () => {
  it.runIf(IS_LONG)('has its users, and what they have made, after saves and kills', async () => {
    const app = await createApp('keep-memstorage');
    for (const name of ['memorystore', 'vite']) linkPackage(app, name);
    const running = startWith(app, [
      CLI,
      'watch',
      '--keep',
      'server/storage.ts',
      'server/index.ts',
    ]);
    const open = (): Browser => new Browser(app.url);
    const [bob, carol, dave, admin] = [open(), open(), open(), open()];
    const users = (): Promise<{ username: string }[]> => ask(bob, '/api/users');
    await poll(async () => (await users()).length === 1); // the seed is late

    expect(await ask(bob, '/api/register', toUser('bob'))).toEqual({ id: 2 });
    await ask(bob, '/api/subjects', { name: 'maths' });
    let { length } = running.output;
    const edited = app
      .read('server/storage.ts')
      .replace(
        'sessionStore: session.Store;\n\n',
        'sessionStore: session.Store;\n  notes = [];\n\n',
      );
    expect(edited).toContain('notes = []');
    app.write('server/storage.ts', edited);
    await running.printed('listening', length);
    await poll(async () => (await users()).length === 2);
    expect(await ask(bob, '/api/user')).toEqual({ id: 2, username: 'bob' });
    expect(await ask(carol, '/api/register', toUser('carol'))).toEqual({ id: 3 });

    await untilKept(app, 'carol');
    ({ length } = running.output);
    for (const child of childrenOf(running.pid)) process.kill(child, 'SIGKILL');
    await running.printed('ended by SIGKILL', length);
    app.write('server/storage.ts', `${edited}\n// saved\n`);
    await running.printed('listening', length);
    expect(await ask(carol, '/api/user')).toEqual({ id: 3, username: 'carol' });
    expect(await ask(dave, '/api/register', toUser('dave'))).toEqual({ id: 4 });
    const login = { username: 'admin', password: 'admin-password' };
    expect(await ask(admin, '/api/login', login)).toEqual({ id: 1 });
    expect((await users()).map(({ username }) => username)).toEqual([
      'admin',
      'bob',
      'carol',
      'dave',
    ]);
    expect(await ask(bob, '/api/subjects')).toMatchObject([
      { id: 1, userId: 2, name: 'maths', isDate: true },
    ]);
  });
});

function toUser(username: string): object {
  return { username, password: `password of ${username}` };
}

describe('a Fastify app with an array in a plugin and private fields', () => {
  it('has them after kill -9, and after an end', async () => {
    const app = await createApp('keep-fastify');
    const manifest = JSON.parse(app.read('package.json')) as object;
    const holdover = { keep: ['routes/todos.js#todoRoutes/mem', 'database.js'] };
    app.write('package.json', JSON.stringify({ ...manifest, holdover }));
    const browser = new Browser(app.url);
    const begin = (): Running => startWith(app, ['--import', 'holdover/register', 'server.js']);

    let running = begin();
    const seed = await ask<object[]>(browser, '/todos');
    await ask(browser, '/todos', { text: 'second' });
    await browser.request('/videos', post({ title: 'first video' }));
    await untilKept(app, 'second');
    await untilKept(app, 'first video');
    killGroup(running.pid);
    await running.exited;

    running = begin();
    expect(await ask(browser, '/todos')).toMatchObject([...seed, { text: 'second' }]);
    await browser.request('/videos', post({ title: 'second video' }));
    running.kill('SIGTERM'); // at once: nothing was stored in the background
    expect(await running.exited).toEqual({ code: null, signal: 'SIGTERM' });

    begin();
    await browser.text('/todos');
    expect(await ask(browser, '/videos')).toEqual([
      { id: 'v1', title: 'first video' },
      { id: 'v2', title: 'second video' },
    ]);
  });
});

function post(body: object): RequestInit {
  return { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) };
}

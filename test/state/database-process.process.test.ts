import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import { describeDatabases } from './sqlite.ts';

const IMPORTS: Record<string, string> = {
  'node:sqlite': "import { DatabaseSync as Database } from 'node:sqlite';",
  'better-sqlite3': `
    import { createRequire } from 'node:module';
    const Database = createRequire(import.meta.url)(process.env.HOLDOVER_BETTER_SQLITE3);`,
};
const DB = `

  class Store {
    #db = new Database(':memory:');

    async migrate() {
      await new Promise((go) => setTimeout(go, 20));
      this.#db.exec('create table users (id integer primary key autoincrement, name text)');
      await new Promise((go) => setTimeout(go, 20));
      this.add('seed');
    }

    add(name) {
      this.#db.prepare('insert into users (name) values (?)').run(name);
    }

    list() {
      return this.#db.prepare('select id, name from users').all().map(({ id, name }) => id + name);
    }

    remove(name) {
      this.#db.prepare('delete from users where name = ?').run(name);
    }
  }

  export const store = new Store();
`;
const SERVER = `
  import { createServer } from 'node:http';
  import { store } from './db.js';

  await store.migrate();
  createServer((request, response) => {
    const [, verb, name] = request.url.split('/');
    if (name) store[verb](name);
    response.end(store.list().join());
  }).listen(process.env.PORT);
`;

describeDatabases('a database', (name) => {
  it('gives no id twice, although its tables and seeds come late', async () => {
    const app = await createApp();
    app.write(
      'package.json',
      '{ "type": "module", "name": "x", "holdover": { "keep": ["db.js"] } }',
    );
    app.write('db.js', `${IMPORTS[name]}${DB}`);
    app.write('server.js', SERVER);
    const browser = new Browser(app.url);
    const run = () =>
      start(process.execPath, ['--import', 'holdover/register', 'server.js'], {
        cwd: app.folder,
        env: { PORT: String(app.port) },
      });
    const ask = (path: string): Promise<string> => poll(() => browser.text(path));

    let running = run();
    expect(await ask('/')).toBe('1seed');
    expect(await ask('/add/ann')).toBe('1seed,2ann');
    expect(await ask('/add/bob')).toBe('1seed,2ann,3bob');
    expect(await ask('/remove/bob')).toBe('1seed,2ann');
    expect(await ask('/remove/seed')).toBe('2ann');
    running.kill('SIGTERM');
    await running.exited;
    running = run();
    expect(await ask('/add/eve')).toBe('2ann,4eve');
    running.kill('SIGTERM');
    await running.exited;
    run();
    expect(await ask('/add/joe')).toBe('2ann,4eve,5joe');
  });
});

import { KeyvPostgres } from '@keyv/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyv } from '../../src/storage/keyv/open.ts';
import { readBlock } from '../docs/pages.ts';
import { CLI } from '../support/tools.ts';
import { createApp } from '../support/app.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { killGroup } from '../support/running.ts';
import { runScript } from '../support/script.ts';
import { describeStorageContract } from './contract.ts';

const HOUR = 60 * 60 * 1000;

let server: PostgresServer | undefined;
let adapter: KeyvPostgres | undefined;
beforeAll(async () => void (server = await PostgresServer.begin()));
afterAll(async () => {
  await adapter?.disconnect(); // all adapters of one database have one pool of connections
  await server?.close();
});

let tables = 0;

/** An adapter with a table of its own. */
function openTable(): KeyvPostgres {
  return (adapter = new KeyvPostgres({ uri: server?.url, table: `sessions_${++tables}` }));
}

describeStorageContract('Postgres, through @keyv/postgres,', async () => {
  const given = openTable();
  return (namespace) => openKeyv(given, import.meta.dirname, namespace);
});

describe('sessions in Postgres, through @keyv/postgres,', () => {
  it('are not counted, gone through or cleared in part when the database fails', async () => {
    const given = openTable();
    const storage = openKeyv(given, import.meta.dirname, 'main');
    await storage.set('a', 'text', HOUR);
    expect(await storage.count()).toBe(1);
    await given.query(`DROP TABLE ${given.opts.table}`);
    const goThrough = async (): Promise<void> => {
      for await (const _ of storage.entries());
    };
    for (const call of [() => storage.count(), () => storage.clear(), goThrough]) {
      await expect(call()).rejects.toThrow('does not exist');
    }
  });

  it('keep a login of Express over a save and a kill, and its logout', async () => {
    const project = await CareProject.begin('filesystem');
    for (const name of ['keyv', '@keyv/postgres']) linkPackage(project.app, name);
    const code = toExpressApp(
      `store: createStore({ keyv: new Keyv(new KeyvPostgres('${server?.url}')) }),`,
      `app.get('/version', (req, res) => res.json({ version: 1 }));`,
      `import { Keyv } from 'keyv';
       import { KeyvPostgres } from '@keyv/postgres';
       import { createStore } from 'holdover/express';`,
    );
    const app = await CareApp.start(project, code, {}, [CLI, 'watch', 'app.js']);
    const { browser } = app;
    await browser.json('/login', { method: 'POST' });
    project.app.write('app.js', code.replace('version: 1', 'version: 2'));
    await poll(async () => (await browser.text('/version'))?.includes('2'));
    expect(await browser.json('/me')).toEqual({ user: 'ada' });

    killGroup(app.running.pid); // the app and what watches it; not the database
    await app.running.exited;
    const next = await CareApp.start(project, code);
    expect(await browser.json('/me')).toEqual({ user: 'ada' });
    const kept = browser.clone();
    await browser.text('/organizer/logout', { method: 'POST' });
    await next.kill();
    await CareApp.start(project, code);
    expect(await kept.json('/me')).toEqual({});
  });

  it('are there for the example of the documentation', async () => {
    const app = await createApp();
    for (const name of ['keyv', '@keyv/postgres']) linkPackage(app, name);
    app.write('package.json', '{ "name": "example", "type": "module" }');
    app.write('store.ts', readBlock('docs/keyv.md', 'Sessions in any Keyv', 'ts'));
    app.write(
      'use.js',
      `import { store } from './store.ts';
       const found = await new Promise((done) => store.get('id', (error, found) => done(error ?? found)));
       console.log(found?.user);
       store.set('id', { user: 'ada', cookie: {} }, (error) => process.exit(error ? 1 : 0));`,
    );
    const use = async (): Promise<string> => {
      const env = { DATABASE_URL: server?.url };
      return (await runScript(app, ['--import', 'tsx', 'use.js'], env)).stdout;
    };
    expect(await use()).toBe('undefined\n');
    expect(await use()).toBe('ada\n');
  });
});

import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { runScript } from '../support/script.ts';

const REGISTER = ['--import', 'holdover/register'];
const { resolve } = createRequire(import.meta.url);

/** Stores a session under a fixed id, or says what is under it. */
const STORE_OR_SHOW = `
  const session = require('express-session');
  const { name, ...options } = JSON.parse(process.argv[2]);
  const store = new session.MemoryStore();
  session({ secret: 's', resave: false, saveUninitialized: false, name, store });
  if (options.user) store.set('id', { cookie: {}, user: options.user });
  else store.get('id', (error, found) => console.log(found ? found.user : 'nothing'));
`;

async function createStoreApp() {
  const app = await createApp();
  app.write('package.json', '{ "name": "store-app" }');
  app.write('app.js', STORE_OR_SHOW);
  const run = async (options: object, env = {}) => {
    const words = [...REGISTER, 'app.js', JSON.stringify(options)];
    return runScript(app, words, env);
  };
  const shown = async (options: object, env = {}) => (await run(options, env)).stdout.trim();
  return { app, run, shown };
}

describe('the MemoryStore of express-session, adopted', () => {
  it('gives a copy for store.sessions, and says once what to use', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "old" }');
    app.write(
      'app.js',
      `const session = require('express-session');
       const store = new session.MemoryStore();
       session({ secret: 's', resave: false, saveUninitialized: false, store });
       store.set('id', { cookie: {}, user: 'ada' });
       console.log(JSON.parse(store.sessions.id).user, Object.keys(store.sessions));
       store.all((error, all) => console.log(all.id.user));`,
    );
    const { stdout, stderr } = await runScript(app, [...REGISTER, 'app.js']);
    expect(stdout).toBe("ada [ 'id' ]\nada\n");
    expect(
      stderr.match(/property sessions of a memory store is a copy.*Use store\.all\(/g),
    ).toHaveLength(1);
  });

  it('holds sessions over, says how many and from where, and says first that it made the directory', async () => {
    const { run, shown } = await createStoreApp();
    const first = await run({ user: 'ada' });
    expect(first.stderr).toBe('[holdover] Created session directory: .holdover/sessions\n');
    const second = await run({});
    expect(second.stdout).toBe('ada\n');
    expect(second.stderr).toBe('[holdover] 1 login held over from .holdover/sessions\n');
    expect(await shown({})).toBe('ada');
  });

  it('keeps the stores of one app apart by the names of their cookies', async () => {
    const { run, shown } = await createStoreApp();
    await run({ user: 'ada', name: 'people.sid' });
    expect(await shown({ name: 'people.sid' })).toBe('ada');
    expect(await shown({ name: 'admin.sid' })).toBe('nothing');
    expect(await shown({})).toBe('nothing');
  });

  it('keeps apps apart that are given namespaces, and have their cookies under one name', async () => {
    const { run, shown } = await createStoreApp();
    await run({ user: 'ada' }, { SESSION_NAMESPACE: 'shop' });
    expect(await shown({}, { SESSION_NAMESPACE: 'shop' })).toBe('ada');
    expect(await shown({}, { SESSION_NAMESPACE: 'admin' })).toBe('nothing');
    expect(await shown({})).toBe('nothing');
  });

  it('adopts every copy of the package', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "monorepo" }');
    const copy = join(app.folder, 'packages', 'inner', 'node_modules', 'express-session');
    cpSync(dirname(resolve('express-session')), copy, { recursive: true });
    cpSync(dirname(dirname(resolve('express-session/package.json'))), dirname(copy), {
      recursive: true,
      filter: (path) =>
        /node_modules(\/(cookie|cookie-signature|debug|depd|ms|on-headers|parseurl|safe-buffer|uid-safe|random-bytes)(\/|$)|$)/.test(
          path.slice(path.lastIndexOf('node_modules')),
        ),
    });
    app.write('packages/inner/index.js', "exports.session = require('express-session');");
    app.write(
      'app.js',
      `const outer = require('express-session');
       const { session: inner } = require('./packages/inner');
       const stores = [outer, inner].map((session) => new session.MemoryStore());
       stores.forEach((store, i) => [outer, inner][i]({ secret: 's', resave: false, saveUninitialized: false, store, name: 'c' + i }));
       if (process.argv[2]) stores.forEach((store, i) => store.set('id', { cookie: {}, user: 'user' + i }));
       else stores.forEach((store) => store.get('id', (e, found) => console.log(outer !== inner, found?.user)));`,
    );
    await runScript(app, [...REGISTER, 'app.js', 'store']);
    const { stdout } = await runScript(app, [...REGISTER, 'app.js']);
    expect(stdout.trim().split('\n').sort()).toEqual(['true user0', 'true user1']);
  });

  it('leaves an app alone that brings its own store, and says so at debug level', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "own" }');
    app.write(
      'app.js',
      `const session = require('express-session');
       class OwnStore extends session.Store { get() {} set() {} destroy() {} }
       session({ secret: 's', resave: false, saveUninitialized: false, store: new OwnStore() });`,
    );
    const { stderr } = await runScript(app, [...REGISTER, 'app.js'], { DEBUG: 'holdover:*' });
    expect(stderr).toContain('the app brings its own store (OwnStore): left alone');
    expect(existsSync(join(app.folder, '.holdover'))).toBe(false);
    expect((await runScript(app, [...REGISTER, 'app.js'])).stderr).toBe('');
  });

  it('is inert in production, unless SESSION_TYPE=filesystem asks for it, and with SESSION_TYPE=memory', async () => {
    const { run, shown } = await createStoreApp();
    await run({ user: 'ada' });
    expect(await shown({}, { NODE_ENV: 'production' })).toBe('nothing');
    expect(await shown({}, { SESSION_TYPE: 'memory' })).toBe('nothing');
    const asked = { NODE_ENV: 'production', SESSION_TYPE: 'filesystem' };
    expect(await shown({}, asked)).toBe('ada');
  });

  it('does not let what was read before a logout undo it', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "slow" }');
    app.write(
      'app.js',
      `const session = require('express-session');
       const store = new session.MemoryStore();
       session({ secret: 's', resave: false, saveUninitialized: false, store });
       store.set('id', { cookie: {}, user: 'ada' });
       store.all((error, all) =>
         store.get('id', (error, found) => {
           store.destroy('id');
           store.set('id', found);
           store.set('id', all.id);
           store.get('id', (error, after) => console.log(found.user, after?.user ?? 'nobody'));
         }));`,
    );
    expect((await runScript(app, [...REGISTER, 'app.js'])).stdout).toBe('ada nobody\n');
  });

  it('lets an app give out the same id again after a logout', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "genid" }');
    app.write(
      'app.js',
      `const session = require('express-session');
       const store = new session.MemoryStore();
       session({ secret: 's', resave: false, saveUninitialized: false, store, genid: () => 'ada' });
       store.set('ada', { cookie: {}, n: 1 }, () =>
         store.regenerate({ sessionID: 'ada', connection: {}, headers: {} }, () =>
           store.set('ada', { cookie: {}, n: 2 }, () =>
             store.get('ada', (error, found) => console.log(found.n)))));`,
    );
    expect((await runScript(app, [...REGISTER, 'app.js'])).stdout).toBe('2\n');
  });
});

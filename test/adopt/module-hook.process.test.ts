import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';

const REGISTER = ['--import', 'holdover/register'];
const HONO_SESSIONS = join(import.meta.dirname, '../../node_modules/hono-sessions');

async function createWorkspace(): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "workspace" }');
  return app;
}

/** Stores a session with each copy of the store, or prints which of them have it. */
const STORE_OR_SHOW = `
  const stores = [Outer, Required, Inner].map((MemoryStore) => new MemoryStore());
  stores.forEach((store, i) => sessionMiddleware({ store, sessionCookieName: 'copy' + i }));
  for (const [i, store] of stores.entries()) {
    if (process.argv[2]) await store.persistSessionData('id', { _data: { user: i }, _expire: null });
    else console.log(Outer !== Required && Outer !== Inner, (await store.getSessionById('id'))?._data.user);
  }`;

describe('the MemoryStore of hono-sessions, an ES module', () => {
  it('is adopted in both builds and in each copy, where pnpm has put them', async () => {
    const app = await createWorkspace();
    const { dependencies } = JSON.parse(
      readFileSync(join(HONO_SESSIONS, 'package.json'), 'utf8'),
    ) as { dependencies: object };
    for (const name of ['hono', 'hono-sessions', ...Object.keys(dependencies)])
      linkPackage(app, name);
    const copy = 'node_modules/.pnpm/hono-sessions@1/node_modules/hono-sessions';
    cpSync(HONO_SESSIONS, join(app.folder, copy), { recursive: true });
    const link = join(app.folder, 'packages/auth/node_modules/hono-sessions');
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(app.folder, copy), link, 'junction');
    app.write('packages/auth/index.mjs', "export { MemoryStore } from 'hono-sessions';");
    app.write(
      'app.mjs',
      `import { createRequire } from 'node:module';
       import { MemoryStore as Outer, sessionMiddleware } from 'hono-sessions';
       import { MemoryStore as Inner } from './packages/auth/index.mjs';
       const { MemoryStore: Required } = createRequire(import.meta.url)('hono-sessions');
       ${STORE_OR_SHOW}`,
    );
    await runScript(app, [...REGISTER, 'app.mjs', 'store']);
    const { stdout } = await runScript(app, [...REGISTER, 'app.mjs']);
    expect(stdout).toBe('true 0\ntrue 1\ntrue 2\n');
  });
});

/** Has the file of the store where hono-sessions has it; its last line is a comment, and it throws in a known line. */
const STORE = `export class MemoryStore {
  fail() {
    throw new Error('a failure');
  }
}
// the end`;

describe('holdover/register', () => {
  it('leaves no module of its own in the require.cache of an app', async () => {
    const app = await createApp();
    app.write('early.cjs', '');
    app.write(
      'list.cjs',
      "console.log(Object.keys(require.cache).map((file) => require('node:path').basename(file)).join());",
    );
    const words = ['--require', './early.cjs', ...REGISTER, 'list.cjs'];
    expect((await runScript(app, words)).stdout).toBe('early.cjs,list.cjs\n');
  });

  it('moves no line, and leaves stacks and source maps as they are', async () => {
    const app = await createWorkspace();
    const map = { version: 3, sources: ['store.ts'], names: [], mappings: ';;AAUA;' };
    const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
    const comment = `//# sourceMappingURL=data:application/json;base64,${encoded}`;
    const folder = 'node_modules/hono-sessions';
    const file = './esm/src/store/MemoryStore.js';
    app.write(
      `${folder}/package.json`,
      JSON.stringify({ name: 'hono-sessions', version: '0.8.1', type: 'module', exports: file }),
    );
    app.write(join(folder, file), `${STORE}\n${comment}`);
    app.write(
      'stacks.mjs',
      `import { MemoryStore } from 'hono-sessions';
       const show = (error) => console.log(error.stack.replaceAll(/ \\(?node:.*/g, ' node'));
       try { new MemoryStore().fail(); } catch (error) { show(error); }
       for (const name of ['./nothing.js', './data.json', './thrower.mjs'])
         await import(name).catch(show);`,
    );
    app.write('thrower.mjs', "throw new Error('thrown');");
    app.write('data.json', '{}');
    for (const flags of [[], ['--enable-source-maps']]) {
      const { stdout } = await runScript(app, [...flags, ...REGISTER, 'stacks.mjs']);
      expect(stdout).toMatch(flags.length > 0 ? /store\.ts:11:\d/ : /MemoryStore\.js:3:11/);
      expect(stdout).not.toContain('/dist/');
      const without = await runScript(app, [...flags, 'stacks.mjs']);
      const ofApp = (text: string): string[] =>
        text.split('\n').filter((line) => !line.endsWith(' node'));
      expect(ofApp(stdout)).toEqual(ofApp(without.stdout));
    }
  });

  it('registers loader hooks only where a package of ES modules is installed', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "count", "type": "module" }');
    app.write(
      'count.js',
      `import Module, { syncBuiltinESMExports } from 'node:module';
       globalThis.count = 0;
       for (const name of ['register', 'registerHooks']) {
         const original = Module[name];
         Module[name] = (...words) => (globalThis.count++, original(...words));
         if (!original) delete Module[name];
       }
       syncBuiltinESMExports();`,
    );
    app.write('app.js', "import 'express-session'; console.log(globalThis.count);");
    const words = ['--import', './count.js', '--import', 'holdover/register', 'app.js'];
    expect(await runScript(app, words)).toEqual({ stdout: '0\n', stderr: '' });
    linkPackage(app, 'hono-sessions');
    expect(await runScript(app, words)).toEqual({ stdout: '1\n', stderr: '' });
    for (const NODE_ENV of ['production', 'test'])
      expect((await runScript(app, words, { NODE_ENV })).stdout).toBe('0\n');
  });
});

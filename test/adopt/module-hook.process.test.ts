import { mkdirSync, symlinkSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { MODULES } from '../support/modules.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';

const HOOK = new URL('adopt/module-hook.js', MODULES).href;

/** Node 20 shows its loader hooks no ES module that is required. */
const SHOWS_REQUIRED = 'registerHooks' in Module;

/** Numbers the classes that it is shown, one for each copy of the package. */
const PRELOAD = `
  import { onModuleLoaded } from '${HOOK}';
  let count = 0;
  onModuleLoaded([{
    name: 'watched',
    file: /[\\\\/]watched[\\\\/]lib[\\\\/]store\\.c?js$/,
    exported: 'Store',
    visit: (Store) => { Store.number = ++count; },
  }, {
    name: 'watched',
    file: /[\\\\/]watched[\\\\/]lib[\\\\/]store\\.c?js$/,
    exported: 'make',
    visit: (make) => () => make() + ', seen',
  }, {
    name: 'watched',
    file: /[\\\\/]watched[\\\\/]lib[\\\\/]index\\.js$/,
    exported: 'isNotThere',
    visit: (exported) => { throw new Error('There is nothing to see: ' + exported); },
  }], process.argv[1]);
`;

const BOTH = ['--import', './preload.mjs'];
const TSX = ['--import', 'tsx'];

/** An ES module whose last line is a comment, and which throws in a known line. */
const STORE = `class Store {
  fail() {
    throw new Error('a failure');
  }
}
export function make() { return 'made'; }
export default Store;
// the end`;

/** Writes the package into a folder of node_modules. */
function writeWatched(app: App, folder: string, exported: object | string): void {
  const manifest = { name: 'watched', type: 'module', exports: exported };
  app.write(`${folder}/package.json`, JSON.stringify(manifest));
  app.write(`${folder}/lib/index.js`, "export { default as Store, make } from './store.js';\n");
  app.write(`${folder}/lib/store.js`, STORE);
  app.write(
    `${folder}/lib/store.cjs`,
    'exports.Store = class Store {};\nexports.make = () => "made";\n',
  );
}

async function createHookApp(exported: object | string = './lib/index.js'): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "hook" }');
  app.write('preload.mjs', PRELOAD);
  writeWatched(app, 'node_modules/watched', exported);
  const print = 'console.log(Store.number);';
  app.write('required.cjs', `const { Store } = require('watched'); ${print}`);
  app.write('imported.mjs', `import { Store } from 'watched'; ${print}`);
  app.write('commonjs.ts', `import { Store } from 'watched';\n${print}`);
  app.write('module.mts', `import { Store } from 'watched';\n${print}`);
  app.write('late.mjs', `const { Store } = await import('watched'); ${print}`);
  return app;
}

describe('the hook on ES modules', () => {
  it.each([
    ['imported', ['imported.mjs']],
    ['imported late', ['late.mjs']],
    ...(SHOWS_REQUIRED ? [['required', ['required.cjs']] as [string, string[]]] : []),
    ['imported beside tsx', [...TSX, 'imported.mjs']],
    ['imported by TypeScript', [...TSX, 'module.mts']],
    ['imported by TypeScript that is CommonJS', [...TSX, 'commonjs.ts']],
    ['required through tsx', [...TSX, 'required.cjs']],
  ])('sees what is %s, before its importers do', async (_, words) => {
    const app = await createHookApp();
    for (const line of [
      [...BOTH, ...words],
      [...words.slice(0, -1), ...BOTH, ...words.slice(-1)],
    ]) {
      expect(await runScript(app, line)).toEqual({ stdout: '1\n', stderr: '' });
    }
  });

  it('sees both builds of a package, and each copy, where pnpm has put them', async () => {
    const app = await createHookApp({ import: './lib/index.js', require: './lib/store.cjs' });
    writeWatched(app, 'packages/auth/node_modules/watched', './lib/index.js');
    app.write('packages/auth/index.mjs', "export { Store } from 'watched';");
    app.write(
      'all.mjs',
      `import { createRequire } from 'node:module';
       import { make, Store } from 'watched';
       import { Store as Other } from './packages/auth/index.mjs';
       const { Store: Required, make: makeRequired } = createRequire(import.meta.url)('watched');
       const anew = await import('./node_modules/watched/lib/store.js?anew');
       console.log([Store, Other, Required, anew.default].map(({ number }) => number).sort());
       console.log(make(), makeRequired());`,
    );
    const { stdout } = await runScript(app, [...BOTH, 'all.mjs']);
    expect(stdout).toBe('[ 1, 2, 3, 4 ]\nmade, seen made, seen\n');

    // The app itself has none: a package of its workspace does.
    const workspace = await createApp();
    workspace.write('package.json', '{ "name": "workspace" }');
    workspace.write('preload.mjs', PRELOAD);
    const inStore = 'node_modules/.pnpm/watched@1.0.0/node_modules/watched';
    writeWatched(workspace, inStore, './lib/index.js');
    for (const place of ['node_modules/.pnpm/node_modules', 'packages/auth/node_modules']) {
      const link = join(workspace.folder, place, 'watched');
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(workspace.folder, inStore), link, 'junction');
    }
    workspace.write('packages/auth/index.mjs', "export { Store } from 'watched';");
    workspace.write(
      'app.mjs',
      "import { Store } from './packages/auth/index.mjs'; console.log(Store.number);",
    );
    expect((await runScript(workspace, [...BOTH, 'app.mjs'])).stdout).toBe('1\n');
  });

  it('moves no line, and leaves stacks and source maps as they are', async () => {
    const app = await createHookApp();
    const map = { version: 3, sources: ['store.ts'], names: [], mappings: ';;AAUA;' };
    const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
    const comment = `//# sourceMappingURL=data:application/json;base64,${encoded}`;
    app.write('node_modules/watched/lib/store.js', `${STORE}\n${comment}`);
    app.write(
      'stacks.mjs',
      `import { Store } from 'watched';
       const show = (error) => console.log(error.stack.replaceAll(/ \\(?node:.*/g, ' node'));
       try { new Store().fail(); } catch (error) { show(error); }
       for (const name of ['./nothing.js', './data.json', './thrower.mjs'])
         await import(name).catch(show);`,
    );
    app.write('thrower.mjs', "throw new Error('thrown');");
    app.write('data.json', '{}');
    for (const flags of [[], ['--enable-source-maps']]) {
      const { stdout } = await runScript(app, [...flags, ...BOTH, 'stacks.mjs']);
      expect(stdout).toMatch(flags.length > 0 ? /store\.ts:11:\d/ : /store\.js:3:11/);
      expect(stdout).not.toContain('/dist/');
      const without = await runScript(app, [...flags, 'stacks.mjs']);
      const ofApp = (text: string): string[] =>
        text.split('\n').filter((line) => !line.endsWith(' node'));
      expect(ofApp(stdout)).toEqual(ofApp(without.stdout));
    }
  });
});

describe('holdover/register', () => {
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

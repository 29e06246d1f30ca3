import { describe, expect, it } from 'vitest';
import type { App } from '../support/app.ts';
import { createApp } from '../support/app.ts';
import { MODULES } from '../support/modules.ts';
import { runScript } from '../support/script.ts';

const ROOM = new URL('watch/standby/in-app/', MODULES).href;

/** Compiles the CommonJS files that are named, hands them over, and runs the app. */
const AHEAD = `
  import { resolve } from 'node:path';
  import { compileAhead, handOverCompiled } from '${ROOM}compile-ahead.js';
  for (const name of (process.env.AHEAD ?? '').split(' ').filter(Boolean)) compileAhead(resolve(name));
  if (process.env.CHANGED) (await import('node:fs')).writeFileSync('change.cjs', process.env.CHANGED);
  handOverCompiled();
  console.log('ahead ' + String(globalThis.evaluated));
`;

const TEXT = `
globalThis.evaluated = (globalThis.evaluated ?? 0) + 1;
module.exports = {
  names: [...arguments].length, isExports: this === exports, file: __filename, folder: __dirname,
  isOwn: arguments[2] === module && require.cache[__filename] === module, parent: module.parent?.id,
  main: require.main?.filename, resolved: require.resolve('./other.cjs'), keys: Object.keys(require),
  callee: typeof arguments.callee, name: require.name, length: require.length,
  frames: new Error('here').stack.split('\\n').slice(1).filter((line) => !line.includes('(node:')),
};
`;

async function begin(): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{}');
  app.write('ahead.mjs', AHEAD);
  app.write('nothing.mjs', ''); // with a module of --import the entry is run in another way
  app.write('part.cjs', TEXT);
  app.write('other.cjs', 'exports.other = true;');
  app.write('main.cjs', "console.log(JSON.stringify(require('./part.cjs')));");
  app.write('main.mjs', "import part from './part.cjs'; console.log(JSON.stringify(part));");
  return app;
}

/** What an app prints, without and with files that were compiled ahead. */
async function runBoth(app: App, words: string[], env: NodeJS.ProcessEnv) {
  const cold = await runScript(app, ['--import', './nothing.mjs', ...words]);
  const ahead = await runScript(app, ['--import', './ahead.mjs', ...words], env);
  const [first = '', ...rest] = ahead.stdout.split('\n');
  return { cold: cold.stdout, ahead: rest.join('\n'), first };
}

describe('a CommonJS file that was compiled ahead', () => {
  it.each([
    ['is required', 'main.cjs'],
    ['is imported', 'main.mjs'],
  ])('is not evaluated before it %s, and is as ever then', async (_, entry) => {
    const app = await begin();
    const { cold, ahead, first } = await runBoth(app, [entry], { AHEAD: 'part.cjs other.cjs' });
    expect(first).toBe('ahead undefined');
    expect(ahead).toBe(cold);
    expect(JSON.parse(cold)).toMatchObject({ names: 5, isExports: true, isOwn: true });
  });

  it('is read anew: what was saved since is what runs', async () => {
    const app = await begin();
    app.write('change.cjs', "exports.text = 'old';");
    app.write('main.cjs', "console.log(require('./change.cjs').text);");
    const words = ['--import', './ahead.mjs', 'main.cjs'];
    const env = { AHEAD: 'change.cjs', CHANGED: "exports.text = 'new';" };
    expect((await runScript(app, words, env)).stdout).toContain('new');
  });

  it('has its source map', async () => {
    const app = await begin();
    const map = { version: 3, sources: ['part.ts'], names: [], mappings: ';;AAAA' };
    const data = Buffer.from(JSON.stringify(map)).toString('base64');
    const url = `data:application/json;base64,${data}`;
    app.write(
      'part.cjs',
      `\n\nexports.stack = new Error('here').stack;\n//# sourceMappingURL=${url}`,
    );
    app.write('main.cjs', "console.log(require('./part.cjs').stack.split('\\n')[1]);");
    const words = ['--enable-source-maps', 'main.cjs'];
    const { cold, ahead } = await runBoth(app, words, { AHEAD: 'part.cjs' });
    expect(cold).toContain('part.ts:1:');
    expect(ahead).toBe(cold);
  });

  it('may use import(), and prints no warning', async () => {
    const app = await begin();
    app.write('part.cjs', "exports.later = () => import('./other.cjs');");
    app.write('main.cjs', "require('./part.cjs').later().then((m) => console.log(m.default));");
    const words = ['--import', './ahead.mjs', 'main.cjs'];
    const { stdout, stderr } = await runScript(app, words, { AHEAD: 'part.cjs' });
    expect(stdout).toContain('{ other: true }');
    expect(stderr).toBe('');
  });

  it.each([
    [
      '_compile',
      'const old = Module.prototype._compile; Module.prototype._compile = function (text, file) { seen.push(file); return old.call(this, text, file); };',
    ],
    [
      '_compile of one module',
      "const old = Module._extensions['.cjs'] ?? Module._extensions['.js']; Module._extensions['.cjs'] = (module, file) => { const compile = module._compile; module._compile = (text, name) => { seen.push(name, Object.hasOwn(module, '_compile')); return compile.call(module, text, name); }; old(module, file); };",
    ],
    ['the wrapper', "Module.wrapper[0] += 'const wrapped = true;';"],
    [
      'wrap',
      "const old = Module.wrap; Module.wrap = (text) => { seen.push('wrap'); return old(text); };",
    ],
  ])('is compiled as ever where the app replaces %s', async (_, patch) => {
    const app = await begin();
    app.write('part.cjs', "exports.wrapped = typeof wrapped; exports.here = 'here';");
    app.write(
      'main.cjs',
      `const Module = require('module'); const seen = []; ${patch}
       console.log(JSON.stringify([require('./part.cjs'), seen]));`,
    );
    const { cold, ahead } = await runBoth(app, ['main.cjs'], { AHEAD: 'part.cjs' });
    expect(ahead).toBe(cold);
  });

  it('is being executed for an ES module that it requires', async () => {
    const app = await begin();
    app.write(
      'part.cjs',
      "try { require('./cycle.mjs'); } catch (error) { exports.code = error.code; }",
    );
    app.write('cycle.mjs', "import './part.cjs';");
    const { cold, ahead } = await runBoth(app, ['main.cjs'], { AHEAD: 'part.cjs' });
    expect(cold).toContain('ERR_REQUIRE_CYCLE_MODULE');
    expect(ahead).toBe(cold);
  });

  it('that has an error has it when the app comes to it', async () => {
    const app = await begin();
    app.write('part.cjs', 'const = 1;');
    app.write(
      'main.cjs',
      "try { require('./part.cjs'); } catch (error) { console.log(error.stack); }",
    );
    const { cold, ahead } = await runBoth(app, ['main.cjs'], { AHEAD: '' });
    expect(ahead).toBe(cold);
  });
});

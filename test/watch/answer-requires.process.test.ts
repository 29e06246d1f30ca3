import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Requests } from '../../src/watch/learned.ts';
import { createApp, type App } from '../support/app.ts';
import { MODULES } from '../support/modules.ts';
import { runScript } from '../support/script.ts';

const ROOM = new URL('watch/standby/in-app/', MODULES).href;

/** Tells what is in KNOWN, runs the app, and prints what it has shown. */
const AHEAD = `
  import { answerRequires, forgetRequires, knowRequires } from '${ROOM}answer-requires.js';
  const known = JSON.parse(process.env.KNOWN ?? '{}');
  knowRequires(known);
  if (process.env.FORGET) forgetRequires(Object.keys(known));
  const end = answerRequires();
  process.on('exit', () => console.log('LEARNED ' + JSON.stringify(end())));
`;

async function begin(): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{}');
  app.write('ahead.mjs', AHEAD);
  app.write('lib/index.js', "exports.where = 'lib';");
  app.write('node_modules/part/package.json', '{ "main": "main.js" }');
  app.write(
    'node_modules/part/main.js',
    "exports.where = 'part'; require('node:fs'); require('path');",
  );
  app.write('main.cjs', "console.log(require('./lib').where, require('part').where);");
  return app;
}

async function run(app: App, known: Requests = {}, isForgotten = false, entry = 'main.cjs') {
  const env = { KNOWN: JSON.stringify(known), FORGET: isForgotten ? '1' : '' };
  const tsx = entry.endsWith('.mts') ? ['--import', import.meta.resolve('tsx')] : [];
  const flags = [...tsx, '--import', './ahead.mjs'];
  const { stdout, stderr } = await runScript(app, [...flags, entry], env);
  const [printed = '', learned = '{}'] = stdout.split('LEARNED ');
  return { printed: printed.trim(), learned: JSON.parse(learned) as Requests, stderr };
}

describe('what files require', () => {
  it('is learned in a run, and not looked for in the next', async () => {
    const app = await begin();
    const { printed, learned } = await run(app);
    expect(printed).toBe('lib part');
    const toUrl = (name: string): string => pathToFileURL(join(app.folder, name)).href;
    expect(learned[toUrl('main.cjs')]).toEqual({
      'require ./lib': toUrl('lib/index.js'),
      'require part': toUrl('node_modules/part/main.js'),
    });
    expect(learned[toUrl('node_modules/part/main.js')]).toEqual({ 'require path': 'path' });
    expect(await run(app, learned)).toMatchObject({ printed: 'lib part', learned: {} });
  });

  it('is not looked for once more beneath what tsx runs', async () => {
    const app = await begin();
    app.write('main.mts', "import part from 'part'; console.log(part.where as string);");
    app.write('node_modules/part/main.js', "exports.where = require('./where');");
    app.write('node_modules/part/where.js', "module.exports = 'part';");
    const { printed, learned } = await run(app, {}, false, 'main.mts');
    expect(printed).toBe('part');
    const toUrl = (name: string): string =>
      pathToFileURL(join(app.folder, 'node_modules/part', name)).href;
    expect(learned[toUrl('main.js')]).toEqual({ 'require ./where': toUrl('where.js') });
    app.write('node_modules/part/other.js', "module.exports = 'what was told';");
    const told = { [toUrl('main.js')]: { 'require ./where': toUrl('other.js') } };
    expect((await run(app, told, false, 'main.mts')).printed).toBe('what was told');
  });

  it('is looked for where other folders are asked for', async () => {
    const app = await begin();
    app.write('vendor/node_modules/part/index.js', '');
    app.write(
      'main.cjs',
      "require('part'); console.log(require.resolve('part', { paths: [__dirname + '/vendor'] }) === require.resolve('part'));",
    );
    const { learned } = await run(app);
    expect((await run(app, learned)).printed).toBe('false');
  });

  it('is looked for when it is forgotten', async () => {
    const app = await begin();
    const { learned } = await run(app);
    app.write('lib.js', "exports.where = 'lib.js';");
    expect((await run(app, learned, true)).printed).toBe('lib.js part');
  });

  it('is looked for where the app says that packages are', async () => {
    const app = await begin();
    const { learned } = await run(app);
    app.write('vendor/part/index.js', "exports.where = 'vendor';");
    app.write(
      'main.cjs',
      "module.paths.unshift(__dirname + '/vendor'); console.log(require('part').where);",
    );
    expect((await run(app, learned)).printed).toBe('vendor');
  });

  it('fails as ever', async () => {
    const app = await begin();
    app.write(
      'main.cjs',
      "try { require('./gone'); } catch ({ stack }) { console.log(stack.split('\\n').filter((line) => !line.includes('(node:')).join('\\n')); }",
    );
    app.write('nothing.mjs', '');
    const { stdout } = await runScript(app, ['--import', './nothing.mjs', 'main.cjs']);
    expect(stdout).toContain("Cannot find module './gone'");
    expect((await run(app)).printed).toBe(stdout.trim());
  });
});

import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { MODULES } from '../support/modules.ts';
import { runScript } from '../support/script.ts';

const HOOK = new URL('adopt/commonjs-hook.js', MODULES).href;

/** Shows the loads of a package, and gives it other exports. */
const PRELOAD = `
  import Module from 'node:module';
  import { onPackageLoaded } from '${HOOK}';
  if (process.env.WITHOUT_COMPILE) delete Module.prototype._compile;
  onPackageLoaded([{
    name: 'watched',
    mainFile: /[\\\\/]watched[\\\\/]index\\.js$/,
    visit: (module) => { module.exports = { ...module.exports, seen: true }; },
  }], process.argv[1]);
`;

async function createHookApp() {
  const app = await createApp();
  app.write('package.json', '{ "name": "hook" }');
  app.write('preload.mjs', PRELOAD);
  app.write('node_modules/watched/package.json', '{ "name": "watched", "main": "index.js" }');
  app.write('node_modules/watched/index.js', 'exports.value = 1;');
  app.write('required.cjs', "console.log(JSON.stringify(require('watched')));");
  app.write('imported.mjs', "import watched from 'watched'; console.log(JSON.stringify(watched));");
  app.write(
    'late.ts',
    "console.log(JSON.stringify((await import('watched')).default));\nexport {};",
  );
  app.write('tsconfig.json', '{ "compilerOptions": { "module": "esnext" } }');
  return app;
}

describe('the hook on CommonJS packages', () => {
  it.each([
    ['required', ['required.cjs']],
    ['imported', ['imported.mjs']],
    ['required through tsx', ['--import', 'tsx', 'required.cjs']],
    ['imported through tsx', ['--import', 'tsx', 'imported.mjs']],
  ])('sees one that is %s, before its importers do', async (_, words) => {
    const app = await createHookApp();
    const { stdout } = await runScript(app, ['--import', './preload.mjs', ...words]);
    expect(JSON.parse(stdout)).toEqual({ value: 1, seen: true });
  });

  it('loads the copy of the entry where Node does not show how it compiles', async () => {
    // Without `_compile` Node itself cannot load CommonJS; that the fallback is taken is what shows.
    const app = await createHookApp();
    const words = ['--import', './preload.mjs', 'imported.mjs'];
    const run = runScript(app, words, { WITHOUT_COMPILE: '1' });
    await expect(run).rejects.toThrow(/loadFromEntry/);
  });
});

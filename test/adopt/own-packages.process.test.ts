import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';
import { runScript } from '../support/script.ts';

const REGISTER = new URL('../../dist/register.js', import.meta.url).href;
const { resolve } = createRequire(import.meta.url);
const PICOCOLORS = resolve('picocolors');

/** Prints which modules there are that it has not loaded itself. */
const LIST = `
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  console.log(JSON.stringify(files.map((file) => require('node:path').basename(file))));
`;

/** Prints whether a package that holdover uses has seen the environment that the app has set. */
const COLORS = `
  delete process.env.NO_COLOR;
  process.env.FORCE_COLOR = '1';
  console.log(JSON.stringify(require(${JSON.stringify(PICOCOLORS)}).isColorSupported));
`;

describe('the CommonJS packages that holdover loads for itself', () => {
  it('are not in the require.cache of an app, and those of others stay there', async () => {
    const app = await createApp();
    app.write('early.cjs', '');
    app.write('list.cjs', LIST);
    const words = ['--require', './early.cjs', '--import', REGISTER, 'list.cjs'];
    const { stdout } = await runScript(app, words);
    expect(JSON.parse(stdout)).toEqual(['early.cjs']);
  });

  it('are evaluated anew when the app requires them, in its own environment', async () => {
    const app = await createApp();
    app.write('colors.cjs', COLORS);
    const { stdout } = await runScript(app, ['--import', REGISTER, 'colors.cjs']);
    expect(JSON.parse(stdout)).toBe(true);
  });

  it('are not there either when they are loaded while the app runs, for a request without a cookie', async () => {
    const project = await CareProject.begin('filesystem');
    const own = ['cookie', 'cookie-signature'].map((name) => resolve(name));
    const code = toExpressApp(
      '',
      `app.get('/own', (req, res) => {
         const { cache } = createRequire(import.meta.url);
         res.json(${JSON.stringify(own)}.filter((file) => cache[file]));
       });
       app.get('/required', (req, res) => {
         const require = createRequire(import.meta.url);
         const [first, second] = [0, 0].map(() => require(${JSON.stringify(own[1])}));
         res.json(first === second);
       });`,
      `import { createRequire } from 'node:module';`,
    );
    const { browser } = await CareApp.start(project, code);
    const before = await browser.json('/own'); // what Express requires
    await poll(async () => /came without the cookie/.test((await project.run(['why'])).stdout));
    expect(await browser.json('/own')).toEqual(before);
    expect(await browser.json('/required')).toBe(true);
    expect(await browser.json('/own')).toEqual([own[1]]);
  });
});

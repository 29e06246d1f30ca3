import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { runScript } from '../support/script.ts';
import { CLI } from '../support/tools.ts';
import { FILES } from './example-files.ts';
import { readBlock } from './pages.ts';

const PACKAGES = [
  '@keyv/redis',
  'better-auth',
  'grammy',
  'hono',
  'hono-sessions',
  'keyv',
  'keyv-file',
];
PACKAGES.push('koa', 'koa-session', 'oidc-provider', 'react-router', 'telegraf', 'unstorage');

async function createExamples(): Promise<App> {
  const app = await createApp();
  for (const name of PACKAGES) linkPackage(app, name);
  for (const [path, ...where] of FILES) {
    const code = readBlock(...where);
    // The apps of the page are for their own files only.
    app.write(path, /^const app\b/m.test(code) ? `${code}\nexport { app };\n` : code);
  }
  app.write('package.json', '{ "name": "examples", "type": "module" }');
  for (const name of ['nitro', 'astro']) {
    const exports = { '.': './index.js', './config': './index.js' };
    app.write(`node_modules/${name}/package.json`, JSON.stringify({ type: 'module', exports }));
    app.write(`node_modules/${name}/index.js`, 'export const defineConfig = (config) => config;\n');
  }
  app.write('started.js', readFileSync(join(import.meta.dirname, 'started.js'), 'utf8'));
  return app;
}

/** Runs what uses the examples; it ends by `kill -9`. */
async function runStarted(app: App): Promise<Record<string, number>> {
  const env = { BOT_TOKEN: '1:token', BETTER_AUTH_SECRET: 'a secret that is long enough for it' };
  const run = runScript(app, ['--import', 'tsx', 'started.js'], env);
  const { stdout, stderr, signal } = await run.then(
    (printed) => ({ ...printed, signal: null }),
    (error: { stdout: string; stderr: string; signal: string | null }) => error,
  );
  expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
  return JSON.parse(stdout) as Record<string, number>;
}

it('the examples of the documentation keep what they hold over a kill, are listed, and are found in an export', async () => {
  const app = await createExamples();
  const first = await runStarted(app);
  expect(Object.keys(first)).toHaveLength(FILES.length - 3);
  expect(first).toEqual(Object.fromEntries(Object.keys(first).map((name) => [name, 1])));
  expect(await runStarted(app)).toEqual(
    Object.fromEntries(Object.keys(first).map((name) => [name, 2])),
  );
  await runScript(app, [CLI, 'push', '--to', 'sessions.json']);
  app.write(
    'both.js',
    `import './list.js';
     import { findExported } from './exported.js';
     import { rename } from './rename.js';
     console.log((await rename('an-id')).at(-1));
     console.log(JSON.stringify(await findExported('an-id', 'bot')));`,
  );
  const { stdout } = await runScript(app, ['both.js']);
  const lines = stdout.trim().split('\n');
  expect(JSON.parse(lines.pop() ?? '')).toMatchObject({
    data: { user: 'ada' },
  });
  expect(lines.pop()).toMatch(/^20\S+Z .*changed by the support\.$/);
  const year = new Date().getFullYear();
  expect(lines.filter((line) => line.startsWith(`ada ${year}-`)).length).toBeGreaterThan(3);
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { runScript } from '../support/script.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** Enough for many parts. */
const COUNT = 1500;

/** Stores sessions, counts them, and removes them. */
const APP = `
  import { createSessionStore } from 'holdover';
  import { listSessions, planClear } from 'holdover/care';
  async function run() {
    const store = createSessionStore({ namespace: 'bundled' });
    const indexes = Array.from({ length: ${COUNT} }, (_, index) => index);
    await Promise.all(indexes.map((index) => store.set('id-' + index, { user: 'u' + index })));
    const seen = new Set();
    for await (const { id } of listSessions()) seen.add(id);
    const plan = await planClear();
    console.log(JSON.stringify([seen.size, plan.count, await plan.remove(), await store.length()]));
  }
  void run();
`;

/** An app that a bundler has put into one file, with holdover. */
async function bundle(format: 'cjs' | 'esm', outfile: string): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "bundled", "type": "module" }');
  app.write('app.mjs', APP);
  const root = app.folder;
  await build({
    entryPoints: [join(root, 'app.mjs')],
    outfile: join(root, outfile),
    bundle: true,
    platform: 'node',
    format,
    external: ['@keyv/redis'],
    logLevel: 'silent',
    ...(format === 'esm' && {
      banner: {
        js: "import * as machinery from 'node:module'; const require = machinery.createRequire(import.meta.url);",
      },
    }),
  });
  rmSync(join(root, 'node_modules'), { recursive: true });
  return app;
}

async function run(app: App, file: string): Promise<void> {
  const env = { XDG_STATE_HOME: createTempFolder() };
  const { stdout, stderr } = await runScript(app, [file], env);
  expect(stderr).toMatch(/^\[holdover\] Created session directory: \S+\n$/);
  expect(JSON.parse(stdout)).toEqual([COUNT, COUNT, COUNT, 0]);
}

describe('thousands of sessions of an app that is one file', () => {
  it('are looked after in CommonJS, which knows no import.meta.url', async () => {
    await run(await bundle('cjs', 'out/app.cjs'), 'out/app.cjs');
  });

  it('are looked after in an ES module', async () => {
    await run(await bundle('esm', 'out/app.mjs'), 'out/app.mjs');
  });
});

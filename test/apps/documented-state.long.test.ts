import { symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { poll } from '../support/poll.ts';
import { readRecipe } from '../support/recipes.ts';
import { killGroup, start, type Running } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

/** An app of the page about state, and how it is run and asked. */
async function createExample(title: string, others: Record<string, string> = {}) {
  const app = await createApp();
  app.write('package.json', '{ "name": "example", "type": "module" }');
  const files = { ...readRecipe(title, 'state.md'), ...others };
  for (const [path, text] of Object.entries(files)) app.write(path, text);
  const zod = dirname(createRequire(import.meta.url).resolve('zod/package.json'));
  symlinkSync(zod, join(app.folder, 'node_modules', 'zod'), 'junction');
  const browser = new Browser(app.url);
  const run = (...args: string[]): Running =>
    start(process.execPath, args, { cwd: app.folder, env: { PORT: String(app.port) } });
  const says = (path: string, text: string) =>
    poll(async () => (await browser.text(path)) === text);
  return { app, run, browser, says };
}

async function kill(running: Running): Promise<void> {
  killGroup(running.pid);
  await running.exited;
}

function edit(app: App, file: string, from: string, to: string): void {
  const text = app.read(file);
  expect(text).toContain(from);
  app.write(file, text.replace(from, to));
}

it('the app with a file that is kept has its users after a save and a kill', async () => {
  const { app, run, browser, says } = await createExample('Keep: with no change to your code');
  const year = new Date().getFullYear();
  let running = run(CLI, 'watch', 'server.js');
  await says('/', '');
  await browser.text('/Ann', { method: 'POST' });
  edit(app, 'storage.js', 'nextId = 1;', 'nextId = 1;\n  isOpen = true;');
  edit(app, 'server.js', 'since ${', 'here since ${');
  await says('/', `1 Ann here since ${year}\n`);
  await browser.text('/Bob', { method: 'POST' });
  edit(app, 'server.js', 'here since ${', 'since ${');
  const both = `1 Ann since ${year}\n2 Bob since ${year}\n`;
  await says('/', both);
  await kill(running);
  running = run(CLI, 'watch', 'server.js');
  await says('/', both);
});

it('the app that preserves its rooms has them, alone and under holdover watch', async () => {
  const { app, run, browser, says } = await createExample('Preserve: in your code');
  let running = run('--import', 'tsx', 'server.ts');
  await says('/tea', '');
  await browser.text('/tea/hello');
  running.kill('SIGTERM');
  expect((await running.exited).signal).toBe('SIGTERM');
  running = run(CLI, 'watch', 'server.ts');
  await says('/tea', 'hello');
  await browser.text('/tea/again');
  edit(app, 'server.ts', "join('\\n')", "join(', ')");
  await says('/tea', 'hello, again');
  await kill(running);
  run('--import', 'tsx', 'server.ts');
  await says('/tea', 'hello, again');
});

it('the app with a schema takes back what fits it, and sets aside what does not', async () => {
  const server = `
    import { createServer } from 'node:http';
    import { users } from './users.ts';
    createServer((request, response) => {
      if (request.url !== '/') users.set('ann', { name: request.url.slice(1), roles: ['guest'] });
      response.end(JSON.stringify([...users]));
    }).listen(process.env.PORT);`;
  const { app, run, says } = await createExample('When the shape changes', { 'server.ts': server });
  const running = run(CLI, 'watch', 'server.ts');
  await says('/Ann', '[["ann",{"name":"Ann","roles":["guest"]}]]');
  edit(app, 'server.ts', "roles: ['guest']", 'roles: 1 as never');
  await says('/', '[["ann",{"name":"Ann","roles":["guest"]}]]');
  await says('/Ann', '[["ann",{"name":"Ann","roles":1}]]');
  const since = running.output.length;
  app.write('users.ts', `${app.read('users.ts')}\n`);
  await says('/', '[]');
  await running.printed(/does not fit the schema \(zod\) at \[entry\]\.roles/, since);
});

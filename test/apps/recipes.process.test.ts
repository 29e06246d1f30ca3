import { expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { poll } from '../support/poll.ts';
import { readRecipe } from '../support/recipes.ts';
import { killGroup, start, type Running } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

it("the recipe for Node's own HTTP server keeps its login, and its logout", async () => {
  const app = await createApp();
  const files = readRecipe("Node's own HTTP server");
  for (const [path, text] of Object.entries(files)) app.write(path, text);
  app.write('package.json', '{ "name": "recipe", "type": "module" }');
  const run = (): Running =>
    start(process.execPath, [CLI, 'watch', 'server.js'], {
      cwd: app.folder,
      env: { PORT: String(app.port) },
    });
  const browser = new Browser(app.url);
  const says = (text: string, who = browser) => poll(async () => (await who.text('/')) === text);

  let running = run();
  await says('Who are you?');
  const body = new URLSearchParams({ user: 'ada' });
  expect((await browser.request('/login', { method: 'POST', body })).status).toBe(303);
  await says('Hello, ada!');
  app.write('server.js', app.read('server.js').replace('`Hello, ', '`Welcome back, '));
  await says('Welcome back, ada!');

  killGroup(running.pid);
  await running.exited;
  running = run();
  await says('Welcome back, ada!');
  const thief = browser.clone();
  expect((await browser.request('/logout', { method: 'POST' })).status).toBe(303);
  await says('Who are you?', thief);
});

import { expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { readRecipe } from '../support/recipes.ts';
import { Rig } from '../support/rig.ts';

it("the recipe for Node's own HTTP server keeps its login, and its logout", async () => {
  const rig = await Rig.start({ files: readRecipe("Node's own HTTP server"), needsPort: true });
  const { app, browser } = rig;
  const says = (text: string, client = browser) =>
    poll(async () => (await client.text('/')) === text);

  await says('Who are you?');
  const body = new URLSearchParams({ user: 'ada' });
  expect((await browser.request('/login', { method: 'POST', body })).status).toBe(303);
  await says('Hello, ada!');
  app.write('server.js', app.read('server.js').replace('`Hello, ', '`Welcome back, '));
  await says('Welcome back, ada!');

  await rig.killAll();
  rig.startAgain();
  await says('Welcome back, ada!');
  const thief = browser.clone();
  expect((await browser.request('/logout', { method: 'POST' })).status).toBe(303);
  await says('Who are you?', thief);
});

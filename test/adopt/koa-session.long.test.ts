import { expect, it } from 'vitest';
import { Story } from '../apps/story.ts';
import { HOLDOVER_WATCH } from '../support/tools.ts';

it('koa-session with its sessions in the cookie keeps a login over saves, kills, a mistake and its fix under holdover watch', async () => {
  const story = await Story.begin(HOLDOVER_WATCH, {
    fixture: 'logins',
    entry: 'koa-session.js',
    versionFile: 'version.js',
    packages: ['koa', 'koa-session'],
  });
  await story.login('ada');
  expect(await story.save()).toMatchObject({ user: 'ada' });
  await story.killApp();
  expect(await story.save()).toMatchObject({ user: 'ada' });
  expect(await story.killEverythingAndStart()).toMatchObject({ user: 'ada' });
  await story.saveMistake();
  expect(await story.save()).toMatchObject({ user: 'ada' });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';

const TEST = { NODE_ENV: 'test' };

/** Logs in to an app with this environment and package.json. */
async function logIn(env: NodeJS.ProcessEnv, holdover?: object) {
  const project = await CareProject.begin('filesystem');
  const manifest = { name: 'project', type: 'module', holdover };
  project.app.write('package.json', JSON.stringify(manifest));
  const start = () => CareApp.start(project, toExpressApp(), { SESSION_TYPE: undefined, ...env });
  const app = await start();
  await app.browser.json('/login', { method: 'POST' });
  return { app, start, isKept: existsSync(join(project.app.folder, '.holdover')) };
}

it('keeps sessions with NODE_ENV=test where package.json names a type, and SESSION_TYPE not memory', async () => {
  expect(process.env.NODE_ENV).toBeUndefined(); // children of a test have what a person has
  expect((await logIn(TEST, { type: 'filesystem' })).isKept).toBe(true);
  expect((await logIn({ SESSION_TYPE: 'memory' }, { type: 'filesystem' })).isKept).toBe(false);
});

it('has a login over a restart with NODE_ENV=test when a type is named, and only then', async () => {
  for (const SESSION_TYPE of [undefined, 'filesystem']) {
    const { app, start, isKept } = await logIn({ ...TEST, SESSION_TYPE });
    expect(isKept).toBe(SESSION_TYPE !== undefined);
    await app.kill();
    await start();
    expect(await app.browser.json('/me')).toEqual(SESSION_TYPE ? { user: 'ada' } : {});
  }
});

it('says so, when it is asked why', async () => {
  const project = await CareProject.begin('filesystem');
  Object.assign(project.env, { SESSION_TYPE: undefined });
  await CareApp.start(project, toExpressApp(), { NODE_ENV: 'test' });
  const reason = /^The memory store of the app was not adopted .*, because NODE_ENV is test/;
  await poll(async () => reason.test((await project.run(['why'])).stdout));
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';

/** Whether a login is there after a restart, with this environment and package.json. */
async function isKept(env: NodeJS.ProcessEnv, holdover?: object): Promise<boolean> {
  const project = await CareProject.begin('filesystem');
  const manifest = { name: 'project', type: 'module', holdover };
  project.app.write('package.json', JSON.stringify(manifest));
  const all = { SESSION_TYPE: undefined, ...env };
  const app = await CareApp.start(project, toExpressApp(), all);
  await app.browser.json('/login', { method: 'POST' });
  await app.kill();
  await CareApp.start(project, toExpressApp(), all);
  const { user } = (await app.browser.json<{ user?: string }>('/me')) ?? {};
  const hasDirectory = existsSync(join(project.app.folder, '.holdover'));
  expect(hasDirectory).toBe(user !== undefined);
  return user === 'ada';
}

it('adopts nothing with NODE_ENV=test, unless a type is named', async () => {
  expect(process.env.NODE_ENV).toBeUndefined(); // children of a test have what a person has
  const test = { NODE_ENV: 'test' };
  expect(await isKept({})).toBe(true);
  expect(await isKept({ NODE_ENV: 'development' })).toBe(true);
  expect(await isKept(test)).toBe(false);
  expect(await isKept({ ...test, SESSION_TYPE: 'filesystem' })).toBe(true);
  expect(await isKept(test, { type: 'filesystem' })).toBe(true);
  expect(await isKept({ ...test, SESSION_TYPE: 'memory' })).toBe(false);
});

it('says so, when it is asked why', async () => {
  const project = await CareProject.begin('filesystem');
  Object.assign(project.env, { SESSION_TYPE: undefined });
  await CareApp.start(project, toExpressApp(), { NODE_ENV: 'test' });
  const { stdout } = await project.run(['why']);
  expect(stdout).toMatch(
    /^The memory store of the app was not adopted .*, because NODE_ENV is test/,
  );
});

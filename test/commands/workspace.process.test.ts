import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { CareProject, type Ended } from '../support/care-project.ts';
import { runScript } from '../support/script.ts';

const STORE = `
  import { createSessionStore } from 'holdover';
  const store = createSessionStore();
  await store.set('3fK2xQ-an-id-of-ada', { user: 'ada' });
  await store.destroy('nobody'); // what was noted is written with that`;

/** A workspace with two apps, of which none was run. */
async function begin(): Promise<CareProject> {
  const project = await CareProject.begin('filesystem');
  const { app } = project;
  app.write('package.json', '{ "name": "root", "private": true, "workspaces": ["packages/*"] }');
  for (const name of ['api', 'web']) {
    app.write(`packages/${name}/package.json`, `{ "name": "${name}", "type": "module" }`);
    app.write(`packages/${name}/store.js`, STORE);
  }
  return project;
}

const store = (project: CareProject, name: string): Promise<unknown> =>
  runScript(project.app, [`packages/${name}/store.js`], project.env);

it('finds the project that was run below the root of a workspace, and says which it is', async () => {
  const project = await begin();
  const none = await ask(project, ['ls']);
  expect(none).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('0 sessions in .holdover'),
  });

  await store(project, 'api');
  const said = `This is about ${join('packages', 'api')}, the only project here that was run with holdover.`;
  const run = async (...words: string[]): Promise<Ended> => {
    const ended = await ask(project, words);
    expect(ended.stderr).toContain(said);
    return ended;
  };
  const list = await run('ls');
  expect(list.stdout).toMatch(/^ada +3fK2xQ/m);
  expect(list.stderr).toContain(`1 session in ${join('packages', 'api', '.holdover', 'sessions')}`);
  expect((await run('show', '3fK2xQ')).stdout).toMatch(/who +ada/);
  expect((await run('stats')).stdout).toMatch(/live +1 session/);
  expect((await run('doctor')).stdout).toMatch(/records +1 live/);
  expect((await run('why')).stdout).toMatch(/^No request has missed its session/);
  expect((await run('prune')).stderr).toContain('0 expired sessions');
  expect((await run('push', '--to', 'copy.json')).stderr).toContain('1 session copied');

  // With several of them one has to be named.
  await store(project, 'web');
  const { stderr, code, stdout } = await project.run(['clear', '--yes']);
  expect(stderr).toMatch(
    /There are several projects here: packages.api, packages.web\. Name one: --project packages.api\n$/,
  );
  expect([code, stdout]).toEqual([1, '']);
  const cleared = await project.run(['clear', '--yes', '--project', 'packages/web']);
  expect(cleared.stderr).toContain('1 session removed');
  expect((await ask(project, ['ls', '--project', 'packages/api'])).stdout).toMatch(/^ada/m);
  const nowhere = await ask(project, ['ls', '--project', 'packages/nowhere']);
  expect(nowhere).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no folder packages/nowhere.'),
  });

  // Whatever lies below, a project that was run is itself meant where it is.
  project.app.write('store.mjs', STORE.replace('ada', 'root').replace("'ada'", "'eve'"));
  await runScript(project.app, ['store.mjs'], project.env);
  const own = await ask(project, ['ls']);
  expect(own.stdout).toMatch(/^eve/m);
  expect(own.stderr).not.toContain('This is about');
});

import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { CareProject } from '../support/care-project.ts';
import { runScript } from '../support/script.ts';

it('looks after the project of a workspace that --project names', async () => {
  const project = await CareProject.begin('filesystem');
  const { app } = project;
  app.write('package.json', '{ "name": "root", "private": true, "workspaces": ["packages/*"] }');
  app.write('packages/api/package.json', '{ "name": "api", "type": "module" }');
  app.write(
    'packages/api/store.js',
    `import { createSessionStore } from 'holdover';
     await createSessionStore().set('3fK2xQ-an-id-of-ada', { user: 'ada' });`,
  );
  await runScript(app, ['packages/api/store.js'], project.env);
  const text = async (...words: string[]): Promise<string> => {
    const { stdout, stderr } = await ask(project, [...words, '--project', 'packages/api']);
    return stdout + stderr;
  };
  expect((await ask(project, ['ls'])).stderr).toContain('0 sessions in .holdover');
  expect(await text('ls')).toMatch(/^ada +3fK2xQ[^]*1 session in packages.api/m);
  expect(await text('show', '3fK2xQ')).toMatch(/who +ada/);
  expect(await text('stats')).toMatch(/live +1 session/);
  expect(await text('doctor')).toMatch(/records +1 live/);
  expect(await text('clear', '--yes')).toContain('1 session removed');
  expect(await ask(project, ['ls', '--project', 'packages/nowhere'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no folder packages/nowhere.'),
  });
});

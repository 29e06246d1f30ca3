import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { CareProject } from '../support/care-project.ts';
import { alterRecord, listRecordFiles } from '../support/record-files.ts';

const run = promisify(execFile);

const STORAGE = `
class User { constructor(name) { this.name = name; this.password = 'tr0ub4dor'; } }
class MemStorage { users = new Map(); currentId = 100; }
export const storage = new MemStorage();
export const rooms = new Map([['lobby', new Set([1n])]]);
for (let id = 0; id < 100; id++) storage.users.set(id, new User('user ' + id));
`;
const APP = `
import { preserve } from 'holdover';
import './storage.js';
preserve('token', () => ({ of: 'nobody', list: [new Date(0)] }));
`;

it('shows, forgets and checks what is kept of the memory of an app', async () => {
  const project = await CareProject.begin('filesystem');
  const { app } = project;
  const manifest = JSON.parse(app.read('package.json')) as object;
  const holdover = { keep: ['storage.js'] };
  app.write('package.json', JSON.stringify({ ...manifest, type: 'module', holdover }));
  app.write('storage.js', STORAGE);
  app.write('app.js', APP);
  await run(process.execPath, ['--import', 'holdover/register', 'app.js'], {
    cwd: app.folder,
    env: { ...process.env, ...project.env },
  });

  const listed = await ask(project, ['ls', '--state']);
  expect(listed.stdout).toMatch(/^storage\.js#storage +MemStorage +users 100 .* app\.js$/m);
  expect(listed.stdout).toMatch(/^storage\.js#rooms +Map +1 entry /m);
  expect(listed.stderr).toContain('3 values kept of the memory of the app');
  expect((await ask(project, ['ls'])).stderr).toContain('0 sessions');

  const key = 'storage.js#storage';
  const shown = (await ask(project, ['show', key])).stdout;
  expect(shown).toMatch(
    /MemStorage \{\s+users: Map\(100\) \{\s+0 => User \{ name: 'user 0', password: '•+' \}/,
  );
  expect(shown).toContain('currentId: 100');
  expect(shown).not.toContain('tr0ub4dor');
  expect((await ask(project, ['show', key, '--reveal'])).stdout).toContain('tr0ub4dor');
  const { stdout } = await ask(project, ['show', 'storage.js#rooms', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'Map', value: [['lobby', ['1n']]] });
  expect((await ask(project, ['show', 'app.js#none'])).stderr).toContain('holdover ls --state');

  const { stderr } = await ask(project, ['clear', '--state', 'storage.js#rooms']);
  expect(stderr).toContain('say --yes, as there is no terminal');
  expect((await ask(project, ['clear', 'storage.js#rooms'])).stderr).toContain('--state');
  await ask(project, ['clear', '--state', 'storage.js#rooms', '--yes']);
  expect((await ask(project, ['ls', '--state'])).stdout).not.toContain('rooms');
  expect((await ask(project, ['doctor'])).stdout).toMatch(/✓ memory +2 values kept/);

  damageLargest(project);
  const checked = (await ask(project, ['doctor'])).stdout;
  expect(checked).toMatch(/! memory +The last snapshot of app\.js cannot be read \(\w+\)/);
  await ask(project, ['clear', '--state', '--yes']);
  expect((await ask(project, ['ls', '--state'])).stderr).toContain('0 values kept');
});

/** Changes the largest record: what is kept of the storage. */
function damageLargest({ app }: CareProject): void {
  const state = join(app.folder, '.holdover', 'sessions', 'state');
  const [file = ''] = listRecordFiles(state).sort((a, b) => statSync(b).size - statSync(a).size);
  alterRecord(file);
}

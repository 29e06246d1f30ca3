import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { CareProject } from '../support/care-project.ts';
import { MODULES } from '../support/modules.ts';
import { alterRecord, listRecordFiles } from '../support/record-files.ts';

/** Keeps some values of an app, as a run of it does, and leaves them. */
const KEEP = `
const { Recorder } = await import('MODULES/state/form/recorder.js');
const { FORM } = await import('MODULES/state/form/version.js');
const { openRuns } = await import('MODULES/state/snapshots/runs.js');
const { resolveOptions } = await import('MODULES/options.js');
class User { constructor(name) { this.name = name; this.password = 'tr0ub4dor'; } }
class MemStorage { users = new Map(); currentId = 100; }
const storage = new MemStorage();
for (let id = 0; id < 100; id++) storage.users.set(id, new User('user ' + id));
const values = {
  'server/storage.ts#storage': storage,
  'app.ts#rooms': new Map([['lobby', new Set([1n])]]),
  'preserve:token': { of: 'nobody', list: [new Date(0)] },
};
const classes = {
  nameOf: (prototype) => (prototype === Object.prototype ? undefined : prototype.constructor.name),
  find: () => undefined,
  privatesOf: () => [],
};
const runs = openRuns({ storage: resolveOptions(), app: 'app.ts', version: FORM, say: console.log });
runs.previous();
const bindings = Object.entries(values).map(([key, value]) => ({ key, get: () => value }));
const pass = new Recorder(classes).pass(bindings);
let step = pass.next();
while (!step.done) step = pass.next();
const { put, drop } = step.value;
runs.commit({ put, drop }, {});
await runs.settled();
`;

it('shows, forgets and checks what is kept of the memory of an app', async () => {
  const project = await CareProject.begin('filesystem');
  const code = KEEP.replaceAll('MODULES/', MODULES.href);
  await project.on(code);

  const listed = await ask(project, ['ls', '--state']);
  expect(listed.stdout).toMatch(/^server\/storage\.ts#storage +MemStorage +users 100 .* app\.ts$/m);
  expect(listed.stdout).toMatch(/^app\.ts#rooms +Map +1 entry /m);
  expect(listed.stderr).toContain('3 values kept of the memory of the app');
  expect((await ask(project, ['ls'])).stderr).toContain('0 sessions');

  const key = 'server/storage.ts#storage';
  const shown = (await ask(project, ['show', key])).stdout;
  expect(shown).toMatch(
    /MemStorage \{\s+users: Map\(100\) \{\s+0 => User \{ name: 'user 0', password: '•+' \}/,
  );
  expect(shown).toContain('currentId: 100');
  expect(shown).not.toContain('tr0ub4dor');
  expect((await ask(project, ['show', key, '--reveal'])).stdout).toContain('tr0ub4dor');
  const { stdout } = await ask(project, ['show', 'app.ts#rooms', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'Map', value: [['lobby', ['1n']]] });
  expect((await ask(project, ['show', 'app.ts#none'])).stderr).toContain('holdover ls --state');

  const { stderr } = await ask(project, ['clear', '--state', 'app.ts#rooms']);
  expect(stderr).toContain('say --yes, as there is no terminal');
  expect((await ask(project, ['clear', 'app.ts#rooms'])).stderr).toContain('--state');
  await ask(project, ['clear', '--state', 'app.ts#rooms', '--yes']);
  expect((await ask(project, ['ls', '--state'])).stdout).not.toContain('rooms');
  expect((await ask(project, ['doctor'])).stdout).toMatch(/✓ memory +2 values kept/);

  damageLargest(project);
  const checked = (await ask(project, ['doctor'])).stdout;
  expect(checked).toMatch(/! memory +A part of server\/storage\.ts#storage cannot be read \(\w+\)/);
  const left = await ask(project, ['ls', '--state', '--json']);
  expect(left.stdout).toContain('preserve:token');
  await ask(project, ['clear', '--state', '--yes']);
  expect((await ask(project, ['ls', '--state'])).stderr).toContain('0 values kept');
});

/** Changes the largest record: what is kept of the storage. */
function damageLargest({ app }: CareProject): void {
  const state = join(app.folder, '.holdover', 'sessions', 'state');
  const [file = ''] = listRecordFiles(state).sort((a, b) => statSync(b).size - statSync(a).size);
  alterRecord(file);
}

import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CareProject } from '../support/care-project.ts';
import { listRecordFiles } from '../support/record-files.ts';
import { start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

/** util-linux has it, and Debian always; BSD has another. */
const HAS_SCRIPT = hasScript();

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

/** Runs `holdover clear` on a terminal, and answers its question. */
async function clear(project: CareProject, answer: string): Promise<string> {
  const command = `'${process.execPath}' '${CLI}' clear`;
  const running = start('script', ['-qec', command, '/dev/null'], {
    cwd: project.app.folder,
    env: project.env,
  });
  await running.printed('Remove them? [y/N] ');
  running.type(answer);
  await running.exited;
  return running.output;
}

describe.skipIf(!HAS_SCRIPT)('holdover clear, on a terminal', () => {
  it('says how many there are, and removes them only when it is told to', async () => {
    const project = await CareProject.begin('filesystem');
    await project.on(`await store.set('a', {}); await store.set('b', {});`);
    const refused = await clear(project, '\r');
    expect(refused).toMatch(/2 sessions in .holdover\/sessions\. Remove them\?/);
    expect(refused).toMatch(/Nothing was removed\./);
    expect(await clear(project, '\u0004')).toMatch(/Nothing was removed\./);
    expect(await clear(project, 'y\r')).toMatch(/2 sessions removed/);
  });
});

describe('what could not be read and was set aside', () => {
  async function beginWithDamage(): Promise<{ project: CareProject; aside: () => number }> {
    const project = await CareProject.begin('filesystem');
    const sessions = join(project.app.folder, '.holdover', 'sessions');
    await project.on(`await store.set('a', {});`);
    for (const file of listRecordFiles(sessions)) writeFileSync(file, 'damaged');
    await project.on(`await store.get('a');`);
    return { project, aside: () => readdirSync(join(sessions, 'quarantine')).length };
  }

  it.each([['clear', '--yes'], ['prune']])('goes with %s', async (...words) => {
    const { project, aside } = await beginWithDamage();
    expect(aside()).toBe(1);
    await project.run([...words, '--namespace', 'other']);
    await project.run(['clear', '--yes', '--user', 'ada']);
    expect(aside()).toBe(1);
    const { stderr } = await project.run(words);
    expect(stderr).toMatch(/sessions in \S+, and 1 record that could not be read/);
    expect(aside()).toBe(0);
  });
});

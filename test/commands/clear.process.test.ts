import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, fill } from '../support/ask.ts';
import { CareProject } from '../support/care-project.ts';
import { listRecordFiles } from '../support/record-files.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';
import { CLI } from '../support/tools.ts';

/** Runs `holdover clear` on a terminal, and answers its question. */
async function clear({ app, env }: CareProject, answer: string): Promise<string> {
  const terminal = startInTerminal([CLI, 'clear'], { cwd: app.folder, env });
  await terminal.printed('Remove them? [y/N] ');
  terminal.type(answer);
  await terminal.exited;
  return terminal.output;
}

describe.runIf(hasTerminals)('holdover clear, on a terminal', () => {
  it('says how many there are, and removes them only when it is told to', async () => {
    const project = await CareProject.begin('filesystem');
    await fill(project, `await store.set('a', {}); await store.set('b', {});`);
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
    await fill(project, `await store.set('a', {});`);
    for (const file of listRecordFiles(sessions)) writeFileSync(file, 'damaged');
    await project.on(`await store.get('a');`);
    return { project, aside: () => readdirSync(join(sessions, 'quarantine')).length };
  }

  it.each([['clear', '--yes'], ['prune']])('goes with %s', async (...words) => {
    const { project, aside } = await beginWithDamage();
    expect(aside()).toBe(1);
    await ask(project, [...words, '--namespace', 'other']);
    await ask(project, ['clear', '--yes', '--user', 'ada']);
    expect(aside()).toBe(1);
    const { stderr } = await ask(project, words);
    expect(stderr).toMatch(/sessions in \S+, and 1 record that could not be read/);
    expect(aside()).toBe(0);
  });
});

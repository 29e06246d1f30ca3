import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CareProject } from '../support/care-project.ts';

/** Enough for many parts. */
const COUNT = 3000;
const EXPIRED = 100;

const FILL = `
  const many = (count, store) => Promise.all(Array.from({ length: count }, (_, index) => store(index)));
  await many(${COUNT}, (index) => store.set('id-of-session-' + index, { user: 'user' + index }));
`;

/** Long enough for more than one reading. */
const LONG = `await store.set('long', { user: 'long', text: 'x'.repeat(300_000) });`;

const OVER = `
  const over = Array.from({ length: ${EXPIRED} }, (_, index) => store.set('over-' + index, {}, 1));
  await Promise.all(over);
`;

/** The files of records, wherever they are by now. */
function toFiles(folder: string): string[] {
  return [folder, join(folder, 'staged')].flatMap((place) =>
    readdirSync(place).flatMap((name) => (/^[0-9a-f]{64}$/.test(name) ? [join(place, name)] : [])),
  );
}

/** A project with many sessions, and where they are. */
async function begin(): Promise<{ project: CareProject; folder: string }> {
  const project = await CareProject.begin('filesystem');
  await project.on(FILL + LONG);
  return { project, folder: join(project.app.folder, '.holdover/sessions') };
}

async function measure(project: CareProject): Promise<unknown> {
  return JSON.parse((await project.run(['stats', '--json'])).stdout);
}

describe('with thousands of sessions in a directory', () => {
  it('ls finds each once, long ones too', async () => {
    const { project } = await begin();
    const { stdout, stderr } = await project.run(['ls', '--json']);
    expect(stderr).toBe('');
    const whos = (JSON.parse(stdout) as { who: string }[]).map(({ who }) => who).toSorted();
    const wanted = Array.from({ length: COUNT }, (_, index) => `user${index}`);
    expect(whos).toEqual([...wanted, 'long'].toSorted());
  });

  it('stats counts what does not open, and what is no file', async () => {
    const { project, folder } = await begin();
    const path = toFiles(folder).at(-1) as string;
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(path, bytes);
    mkdirSync(join(folder, 'f'.repeat(64)));
    expect(await measure(project)).toMatchObject({ live: COUNT, unreadable: 2, expired: 0 });
  });

  it('prune removes those that have expired, and no others', async () => {
    const { project } = await begin();
    await project.on(OVER, 'other');
    const { stdout } = await project.run(['prune', '--json']);
    expect(stdout).toBe(`{"removed":${EXPIRED}}\n`);
    expect(await measure(project)).toMatchObject({ live: COUNT + 1, expired: 0 });
  });

  it('clear removes all, those of a namespace only when it is named', async () => {
    const { project } = await begin();
    await project.on(`await store.set('one', { user: 'one' });`, 'other');
    const words = ['clear', '--namespace', 'default', '--yes', '--json'];
    const own = await project.run(words);
    expect(own.stdout).toBe(`{"removed":${COUNT + 1}}\n`);
    expect(await measure(project)).toMatchObject({ live: 1, expired: 0, unreadable: 0 });
    expect((await project.run(['clear', '--yes', '--json'])).stdout).toBe('{"removed":1}\n');
  });
});

import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CareProject } from '../support/care-project.ts';
import { listRecordFiles } from '../support/record-files.ts';

/** Enough that a thread reads some of them. */
const COUNT = 5500;
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

it('finds each of thousands of sessions in a directory once, in every command', async () => {
  const project = await CareProject.begin('filesystem');
  await project.on(FILL + LONG);
  const measure = async (): Promise<unknown> =>
    JSON.parse((await project.run(['stats', '--json'])).stdout);

  const { stdout, stderr } = await project.run(['ls', '--json']);
  expect(stderr).toBe('');
  const whos = (JSON.parse(stdout) as { who: string }[]).map(({ who }) => who).toSorted();
  const wanted = Array.from({ length: COUNT }, (_, index) => `user${index}`);
  expect(whos).toEqual([...wanted, 'long'].toSorted());

  // Those that have expired, and no others.
  await project.on(OVER, 'other');
  const pruned = await project.run(['prune', '--json']);
  expect(pruned.stdout).toBe(`{"removed":${EXPIRED}}\n`);
  expect(await measure()).toMatchObject({ live: COUNT + 1, expired: 0 });

  // What does not open, and what is no file.
  const folder = join(project.app.folder, '.holdover/sessions');
  const path = listRecordFiles(folder).at(-1) as string;
  const whole = readFileSync(path);
  const damaged = Buffer.from(whole);
  damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
  writeFileSync(path, damaged);
  mkdirSync(join(folder, 'f'.repeat(64)));
  expect(await measure()).toMatchObject({ live: COUNT, unreadable: 2, expired: 0 });
  writeFileSync(path, whole);
  rmdirSync(join(folder, 'f'.repeat(64)));

  // All, and those of a namespace only when it is named.
  await project.on(`await store.set('one', { user: 'one' });`, 'other');
  const own = await project.run(['clear', '--namespace', 'default', '--yes', '--json']);
  expect(own.stdout).toBe(`{"removed":${COUNT + 1}}\n`);
  expect(await measure()).toMatchObject({ live: 1, expired: 0, unreadable: 0 });
  expect((await project.run(['clear', '--yes', '--json'])).stdout).toBe('{"removed":1}\n');
});

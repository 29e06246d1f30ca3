import { expect, it } from 'vitest';
import { ask, fill } from '../support/ask.ts';
import { CareProject, type Ended } from '../support/care-project.ts';
import { share } from '../support/lifetime.ts';

export const ADA = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
export const BOB = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
export const TWO = `
  await store.set('${ADA}', { cookie: { originalMaxAge: 3600000 }, passport: { user: 'ada' }, csrfToken: 'hidden-token', note: 'seen' }, 3600000);
  await store.set('${BOB}', { user: { email: 'bob@x.org', password: 'hidden-password' } }, 7200000);`;

export interface Row {
  who: string | null;
  id: string;
  namespace: string;
  created: string;
  lastSeen: string | null;
  expires: string;
  size: number;
}

export async function list(project: CareProject, ...words: string[]): Promise<Row[]> {
  const rows = JSON.parse((await ask(project, ['ls', '--json', ...words])).stdout) as Row[];
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A project with the two sessions above, in a place. */
export async function beginWithTwo(type: 'filesystem' | 'redis'): Promise<CareProject> {
  const project = await CareProject.begin(type);
  await fill(project, TWO);
  return project;
}

/** What is listed, counted and removed, in a few commands that each run in a process of their own. */
export function describeListing(type: 'filesystem' | 'redis'): void {
  it('lists who is logged in, prints no id, token or password, and clears what it has counted', async () => {
    const project = await beginWithTwo(type);
    const { stdout, stderr, code } = await project.run(['ls']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^who +id +created +last seen +expires in +size\n/);
    expect(stdout).toMatch(/ada +aaaaaa… +\d+m?s ago +\d+m?s ago +(60m|1h) +\d+ B/);
    expect(stdout).toMatch(/bob@x\.org +bbbbbb… .* 2h +\d+ B/);
    expect(stderr).toMatch(/2 sessions in (.holdover|redis:)/);
    const others = [
      ['ls', '--json'],
      ['stats', '--json'],
      ['show', ADA],
      ['show', BOB, '--json'],
    ];
    const all: Ended[] = await Promise.all(others.map((words) => ask(project, words)));
    for (const ended of [{ stdout, stderr }, ...all]) {
      expect(ended.stdout).not.toBe('');
      expect(ended.stdout + ended.stderr).not.toMatch(/a{17}|b{17}|hidden/);
    }

    const refused = await project.run(['clear']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/2 sessions in .* Nothing was removed: say --yes/);
    expect(await list(project)).toHaveLength(2);
    const user = await ask(project, ['clear', '--user', 'ada', '--yes']);
    expect(user.stderr).toMatch(/1 session of ada in [^]*1 session removed/);
    expect((await list(project)).map(({ who }) => who)).toEqual(['bob@x.org']);
    // Who was logged out stays logged out, whatever request is under way.
    expect(await fill(project, `return store.set('${ADA}', { user: 'ada' });`)).toBe(false);
    expect((await project.run(['clear', '--yes'])).stderr).toMatch(/1 session removed/);
    expect(await list(project)).toEqual([]);
    expect((await ask(project, ['clear'])).code).toBe(0);
  });
}

/** What else is said of sessions, which is the same wherever they are. */
export function describeLooking(type: 'filesystem' | 'redis'): void {
  const toProject = share(() => beginWithTwo(type));

  it('measures what is there', async () => {
    const project = toProject();
    const { stdout } = await ask(project, ['stats']);
    expect(stdout).toMatch(/live +2 sessions\n/);
    expect(stdout).toMatch(/yesterday +\+2 sessions/);
    const measures = JSON.parse((await ask(project, ['stats', '--json'])).stdout) as {
      bytes: number;
      largest: Row;
      oldest: Row;
    };
    const sizes = (await list(project)).map(({ size }) => size);
    expect(measures.bytes).toBe(sizes.reduce((sum, size) => sum + size));
    expect(measures.largest.size).toBe(Math.max(...sizes));
    expect(measures.oldest.who).toBe('ada');
  });

  it('lists those of one user, of one namespace, and finds who they are where it is told', async () => {
    const project = toProject();
    await fill(project, `await store.set('c${BOB}', { account: { owner: 'eve' } });`, 'other');
    expect((await list(project, '--user', 'ada')).map(({ id }) => id)).toEqual(['aaaaaa…']);
    expect((await list(project)).map(({ who }) => who)).toEqual(['ada', 'bob@x.org', null]);
    const [eve] = await list(project, '--namespace', 'other', '--who', 'account.owner');
    expect(eve).toMatchObject({ who: 'eve', namespace: 'other' });
    const before = project.app.read('package.json');
    const { holdover } = JSON.parse(before) as { holdover?: object };
    const manifest = { name: 'p', holdover: { ...holdover, who: 'account.owner' } };
    project.app.write('package.json', JSON.stringify(manifest));
    expect((await list(project, '--user', 'eve')).length).toBe(1);
    project.app.write('package.json', before);
  });

  it('shows one session by the beginning of its id, and secrets only when asked', async () => {
    const project = toProject();
    const more = `await store.set('abcdefghijkl', {}); await store.set('-dash-first-id', { user: 'dan' });`;
    await fill(project, more, 'more');
    const { stdout } = await ask(project, ['show', 'aaaaaa…']);
    expect(stdout).toMatch(/who +ada\n/);
    expect(stdout).toContain("note: 'seen'");
    expect(stdout).toContain("csrfToken: '••••••'");
    const revealed = await ask(project, ['show', 'bbb', '--reveal', '--json']);
    expect(JSON.parse(revealed.stdout)).toMatchObject({
      id: BOB,
      data: { user: { password: 'hidden-password' } },
    });
    expect(await project.run(['show', 'd'])).toMatchObject({ code: 1, stdout: '' });
    expect((await ask(project, ['show', 'a'])).stderr).toMatch(/2 sessions have ids that begin/);
    expect((await ask(project, ['show', '--', '-dash'])).stdout).toMatch(/who +dan/);
  });
}

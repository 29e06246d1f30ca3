import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';
import { alterRecord, listRecordFiles } from '../support/record-files.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';

const ADA = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const BOB = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
const TWO = `
  await store.set('${ADA}', { cookie: { originalMaxAge: 3600000 }, passport: { user: 'ada' }, csrfToken: 'hidden-token', note: 'seen' }, 3600000);
  await store.set('${BOB}', { user: { email: 'bob@x.org', password: 'hidden-password' } }, 7200000);`;

interface Row {
  who: string | null;
  id: string;
  namespace: string;
  created: string;
  lastSeen: string | null;
  expires: string;
  size: number;
}

async function list(project: CareProject, ...words: string[]): Promise<Row[]> {
  const rows = JSON.parse((await ask(project, ['ls', '--json', ...words])).stdout) as Row[];
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function describeCommands(type: 'filesystem' | 'redis'): void {
  it('lists who is logged in, and prints no id, token or password', async () => {
    const project = await CareProject.beginPatiently(type);
    await project.on(TWO);
    const { stdout, stderr, code } = await project.run(['ls']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^who +id +created +last seen +expires in +size\n/);
    expect(stdout).toMatch(/ada +aaaaaa… +\d+m?s ago +\d+m?s ago +(60m|1h) +\d+ B/);
    expect(stdout).toMatch(/bob@x\.org +bbbbbb… .* 2h +\d+ B/);
    expect(stderr).toMatch(/2 sessions in (.holdover|redis:)/);
    const all = [await ask(project, ['ls', '--json']), await project.run(['stats', '--json'])];
    const shown = [await project.run(['show', ADA]), await ask(project, ['show', BOB, '--json'])];
    for (const ended of [{ stdout, stderr }, ...all, ...shown]) {
      expect(ended.stdout).not.toBe('');
      expect(ended.stdout + ended.stderr).not.toMatch(/a{17}|b{17}|hidden/);
    }
  });

  it('lists those of one user, of one namespace, and finds who they are where it is told', async () => {
    const project = await CareProject.beginPatiently(type);
    await project.on(`${TWO}
      const other = createSessionStore({ namespace: 'other' });
      await other.set('c${BOB}', { account: { owner: 'eve' } });`);
    expect((await list(project, '--user', 'ada')).map(({ id }) => id)).toEqual(['aaaaaa…']);
    expect((await list(project)).map(({ who }) => who)).toEqual(['ada', 'bob@x.org', null]);
    const [eve] = await list(project, '--namespace', 'other', '--who', 'account.owner');
    expect(eve).toMatchObject({ who: 'eve', namespace: 'other' });
    project.app.write('package.json', '{ "name": "p", "holdover": { "who": "account.owner" } }');
    expect((await list(project, '--user', 'eve')).length).toBe(1);
  });

  it('shows one session by the beginning of its id, and secrets only when asked', async () => {
    const project = await CareProject.beginPatiently(type);
    await project.on(`${TWO}
      await store.set('abcdefghijkl', {});
      await store.set('-dash-first-id', { user: 'dan' });`);
    const { stdout } = await ask(project, ['show', 'aaaaaa…']);
    expect(stdout).toMatch(/who +ada\n/);
    expect(stdout).toContain("note: 'seen'");
    expect(stdout).toContain("csrfToken: '••••••'");
    const revealed = await ask(project, ['show', 'bbb', '--reveal', '--json']);
    expect(JSON.parse(revealed.stdout)).toMatchObject({
      id: BOB,
      data: { user: { password: 'hidden-password' } },
    });
    expect(await project.run(['show', 'c'])).toMatchObject({ code: 1, stdout: '' });
    expect((await ask(project, ['show', 'a'])).stderr).toMatch(/2 sessions have ids that begin/);
    expect((await ask(project, ['show', '--', '-dash'])).stdout).toMatch(/who +dan/);
  });

  it('clears nothing without a word, and what it has counted with --yes', async () => {
    const project = await CareProject.beginPatiently(type);
    await project.on(TWO);
    const refused = await project.run(['clear']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/2 sessions in .* Nothing was removed: say --yes/);
    expect(await list(project)).toHaveLength(2);
    const user = await project.run(['clear', '--user', 'ada', '--yes']);
    expect(user.stderr).toMatch(/1 session of ada in [^]*1 session removed/);
    expect((await list(project)).map(({ who }) => who)).toEqual(['bob@x.org']);
    // Who was logged out stays logged out, whatever request is under way.
    await project.on(`if (await store.set('${ADA}', { user: 'ada' })) process.exit(1)`);
    expect((await project.run(['clear', '--yes'])).stderr).toMatch(/1 session removed/);
    expect(await list(project)).toEqual([]);
    expect((await ask(project, ['clear'])).code).toBe(0);
  });

  it('measures what is there', async () => {
    const project = await CareProject.beginPatiently(type);
    await project.on(TWO);
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
}

describe('the commands that look after sessions, on a directory', () => {
  describeCommands('filesystem');

  // What is printed of a session, and to programs, is the same wherever it is.
  it('prints no id that an app keeps in the data, and no secret', async () => {
    const project = await CareProject.begin('filesystem');
    await project.on(`await store.set('${ADA}', {
      _id: '${ADA}', _data: { user: { value: 'ada', flash: false } },
      back: '/party?sid=${ADA}&x', deep: [{ list: ['s:${ADA}.signature'] }], ['of ${ADA}']: 1,
      pin: 'hidden-pin', magicLink: 'hidden-link', cardNumber: 'hidden-card', author: 'seen',
    })`);
    for (const words of [[], ['--json']]) {
      const { stdout, code } = await ask(project, ['show', ADA.slice(0, 6), ...words]);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/a{17}|hidden/);
      expect(stdout).toMatch(/author"?: ['"]seen['"]/);
      const revealed = await ask(project, ['show', ADA, '--reveal', ...words]);
      expect(revealed.stdout.split(ADA).length - 1).toBe(5);
      expect(revealed.stdout).toContain('hidden-card');
    }
  });

  it('prints nothing that a terminal could take for more than text', async () => {
    const project = await CareProject.begin('filesystem');
    const odd = 'x\\u001b]0;pwned\\u0007\\u009b31m\\u202e';
    await project.on(`await store.set('${ADA}', { user: '${odd}', ['${odd}']: '${odd}' })`);
    const outputs = [['ls'], ['show', ADA], ['stats'], ['doctor'], ['clear', '--user', 'nobody']];
    for (const words of outputs.flatMap((one) => [one, [...one, '--json']])) {
      const { stdout, stderr } = await ask(project, words);
      expect(stdout + stderr).not.toBe('');
      // oxlint-disable-next-line no-control-regex -- those are what is looked for
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
    const [row] = await list(project);
    expect(row?.who).toBe('x\u001b]0;pwned\u0007\u009b31m\u202e');
  });

  it('gives the same facts to programs', async () => {
    const project = await CareProject.begin('filesystem');
    await project.on(`${TWO}
      const { listSessions, findSession, measureSessions, planClear } = await import('holdover');
      const { deepEqual, equal } = await import('node:assert/strict');
      const whos = [];
      for await (const { who } of listSessions()) whos.push(who);
      deepEqual(whos.sort(), ['ada', 'bob@x.org']);
      equal((await findSession('aaaa')).id, '${ADA}');
      equal((await measureSessions()).live, 2);
      const plan = await planClear({ user: 'ada' });
      equal(plan.count, 1);
      equal(await plan.remove(), 1);
      equal(await findSession('aaaa'), undefined);`);
  });

  it('prune what has expired, and count what cannot be read', async () => {
    const project = await CareProject.begin('filesystem');
    await project.on(`await store.set('a', {}, 1); ${TWO}`);
    const pruned = await poll(async () => {
      const { stderr } = await project.run(['prune']);
      return /1 expired session in [^]*1 session removed/.test(stderr);
    });
    expect(pruned).toBe(true);
    expect((await project.run(['prune'])).stderr).toMatch(/0 expired sessions in/);
    expect(await list(project)).toHaveLength(2);
    const folder = join(project.app.folder, '.holdover', 'sessions');
    const [file = ''] = listRecordFiles(folder);
    alterRecord(file);
    expect((await ask(project, ['stats'])).stdout).toMatch(/unreadable +1 session/);
    expect(readdirSync(join(folder, 'quarantine'))).toEqual([]); // looking changes nothing
  });

  it('say so where nothing was stored yet', async () => {
    const project = await CareProject.begin('filesystem');
    for (const command of ['ls', 'prune', 'stats', 'clear']) {
      expect((await project.run([command])).code).toBe(0);
    }
    expect(readdirSync(project.app.folder)).not.toContain('.holdover');
    expect((await ask(project, ['ls'], { SESSION_TYPE: 'memory' })).stderr).toMatch(
      /Sessions in memory are seen by their own process only/,
    );
  });
});

describeWithRedis('the commands that look after sessions, on Redis', () => {
  describeCommands('redis');

  it("leave other projects' sessions alone", async () => {
    const server = await RedisServer.start();
    const one = await CareProject.begin('redis', server);
    const two = await CareProject.begin('redis', server);
    await one.on(TWO);
    await two.on(`await store.set('${BOB}2', { user: 'eve' })`);
    expect((await list(two)).map(({ who }) => who)).toEqual(['eve']);
    expect((await two.run(['clear', '--yes'])).stderr).toMatch(/1 session removed/);
    expect(await list(one)).toHaveLength(2);
  });

  it('say in one sentence that Redis is gone', async () => {
    const server = await RedisServer.start();
    const project = await CareProject.begin('redis', server);
    await server.kill();
    const { stderr, code } = await project.run(['ls']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/out of reach/);
  });
});

it('shows a session as its app sees it, with the expiry of its cookie', async () => {
  const project = await CareProject.begin('filesystem');
  const app = await CareApp.start(
    project,
    toExpressApp(
      'cookie: { maxAge: 3600000 },',
      `app.get('/stored', (req, res) => req.sessionStore.get(req.sessionID, (_, data) => res.json(data)));`,
    ),
  );
  const { id } = (await app.browser.json<{ id: string }>('/login', { method: 'POST' }))!;
  const seen = await app.browser.json<object>('/stored');
  expect(seen).toMatchObject({ cookie: { expires: expect.stringMatching(/^20/) } });
  await app.kill(); // what it does at the end of a request moves the expiry by some milliseconds
  const { stdout } = await ask(project, ['show', '--json', '--', id]);
  const { data } = JSON.parse(stdout) as { data: { cookie: { expires: string } } };
  expect(Date.parse(data.cookie.expires)).toBeGreaterThan(Date.now());
  expect({ ...data, cookie: { ...data.cookie, expires: '' } }).toEqual({
    ...seen,
    cookie: { ...(seen as typeof data).cookie, expires: '' },
  });
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, fill } from '../support/ask.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';
import { alterRecord, listRecordFiles } from '../support/record-files.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import {
  ADA,
  beginWithTwo,
  BOB,
  describeListing,
  describeLooking,
  list,
  TWO,
  type Row,
} from './sessions-commands.ts';

describe('the commands that look after sessions, on a directory', () => {
  describeListing('filesystem');
  describeLooking('filesystem');

  it('prints no id that an app keeps in the data, and no secret', async () => {
    const project = await CareProject.begin('filesystem');
    const data = `{
      _id: '${ADA}', _data: { user: { value: 'ada', flash: false } },
      back: '/party?sid=${ADA}&x', deep: [{ list: ['s:${ADA}.signature'] }], ['of ${ADA}']: 1,
      pin: 'hidden-pin', magicLink: 'hidden-link', cardNumber: 'hidden-card', author: 'seen',
    }`;
    await fill(project, `await store.set('${ADA}', ${data})`);
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
    await fill(project, `await store.set('${ADA}', { user: '${odd}', ['${odd}']: '${odd}' })`);
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

  it('list the newest first', async () => {
    const project = await CareProject.begin('filesystem');
    const later = 'for (const now = Date.now(); Date.now() === now;);';
    const users = ['ada', 'bob', 'eve', 'dan'];
    const stored = users.map((user) => `await store.set('id-of-${user}', { user: '${user}' });`);
    await fill(project, stored.join(later));
    const { stdout } = await ask(project, ['ls', '--json']);
    expect((JSON.parse(stdout) as Row[]).map(({ who }) => who)).toEqual(users.toReversed());
  });

  it('gives the same facts to programs', async () => {
    const project = await CareProject.begin('filesystem');
    await project.on(`${TWO}
      const { listSessions, findSession, measureSessions, planClear } = await import('holdover/care');
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
    await project.on(`await store.set('a', {}, 1); ${TWO}`); // the process would prune it, too
    const pruned = await poll(async () => {
      const { stderr } = await project.run(['prune']);
      return /1 expired session in [^]*1 session removed/.test(stderr);
    });
    expect(pruned).toBe(true);
    expect((await ask(project, ['prune'])).stderr).toMatch(/0 expired sessions in/);
    expect(await list(project)).toHaveLength(2);
    const folder = join(project.app.folder, '.holdover', 'sessions');
    const [file = ''] = listRecordFiles(folder);
    alterRecord(file);
    expect((await ask(project, ['stats'])).stdout).toMatch(/unreadable +1 session/);
    expect(readdirSync(join(folder, 'quarantine'))).toEqual([]); // looking changes nothing
  });

  it('say so where nothing was stored yet', async () => {
    const project = await CareProject.begin('filesystem');
    const commands = ['ls', 'prune', 'stats', 'clear'];
    const ended = await Promise.all(commands.map((command) => project.run([command])));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(readdirSync(project.app.folder)).not.toContain('.holdover');
    expect((await ask(project, ['ls'], { SESSION_TYPE: 'memory' })).stderr).toMatch(
      /Sessions in memory are seen by their own process only/,
    );
  });
});

describeWithRedis('the commands that look after sessions, on Redis', () => {
  describeListing('redis');

  it("leave other projects' sessions alone", async () => {
    const one = await beginWithTwo('redis');
    const two = await CareProject.beginPatiently('redis', one.redis);
    await fill(two, `await store.set('${BOB}2', { user: 'eve' })`);
    expect((await list(two)).map(({ who }) => who)).toEqual(['eve']);
    expect((await ask(two, ['clear', '--yes'])).stderr).toMatch(/1 session removed/);
    expect(await list(one)).toHaveLength(2);
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

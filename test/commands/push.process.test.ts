import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask, fill } from '../support/ask.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { describeWithRedis } from '../support/redis-server.ts';

const HOUR = 60 * 60 * 1000;

/** How far two expiries of one session may be apart, as places count by clocks of their own. */
const CLOCKS = 60_000;

interface Stored {
  id: string;
  data: { user: string };
  created: number;
  expires: number;
}

/** A project in a directory that knows a Redis. */
async function begin(): Promise<CareProject> {
  const project = await CareProject.begin('redis');
  Object.assign(project.env, {
    SESSION_TYPE: undefined,
    SESSION_SECRET: 'b1946ac92492d2347c6235b4d2611184',
  });
  return project;
}

/** Runs statements on a store, and returns what is in it after them. */
function on(
  project: CareProject,
  type: 'filesystem' | 'redis',
  statements = '',
  namespace = 'default',
): Promise<Stored[]> {
  return fill(
    project,
    `store = createSessionStore({ type: '${type}', namespace: '${namespace}' });
     ${statements};
     const all = [];
     for await (const session of store.all()) all.push(session);
     return all.sort((a, b) => (a.id < b.id ? -1 : 1));`,
  );
}

/** What `holdover push` says. */
async function push(project: CareProject, ...flags: string[]): Promise<string> {
  return (await ask(project, ['push', ...flags])).stderr;
}

function expectSame(found: Stored[], wanted: Stored[]): void {
  expect(found).toEqual(wanted.map((one) => ({ ...one, expires: expect.any(Number) })));
  for (const [index, { expires }] of found.entries()) {
    expect(Math.abs(expires - (wanted[index]?.expires ?? 0))).toBeLessThan(CLOCKS);
  }
}

describeWithRedis('holdover push', () => {
  it('copies sessions to Redis and back, as they are, of one namespace when that is named', async () => {
    const project = await begin();
    const two = `await store.set('a', { user: 'ada' }, ${HOUR}); await store.set('b', { user: 'bob' })`;
    const other = 'express-connect_2esid';
    const before = await on(project, 'filesystem', two);
    await on(project, 'filesystem', `await store.set('c', { user: 'eve' })`, other);
    expect(await push(project, '--namespace', other)).toContain('1 session copied');
    expect(await on(project, 'redis')).toEqual([]);
    expect((await project.run(['push'])).stderr).toMatch(
      /2 sessions copied · 1 there already from .*sessions to redis:\/\/127/,
    );
    expectSame(await on(project, 'redis'), before);
    const [eve] = await on(project, 'redis', '', other);
    expect(eve?.data.user).toBe('eve');
    await on(project, 'filesystem', 'await store.clear()');
    expect(await push(project, '--from', 'redis')).toMatch(
      /2 sessions copied · 1 there already from redis/,
    );
    expectSame(await on(project, 'filesystem'), before);
  });

  it('replaces nothing that differs, unless it is told to, and brings back nobody who has logged out there', async () => {
    const project = await begin();
    await on(project, 'filesystem', `await store.set('a', { user: 'here' })`);
    await on(project, 'redis', `await store.set('a', { user: 'there' })`);
    expect(await push(project)).toContain(
      '0 sessions copied · 1 there with other data and left so',
    );
    const userThere = async () => (await on(project, 'redis'))[0]?.data.user;
    expect(await userThere()).toBe('there');
    expect(await push(project, '--overwrite')).toContain('1 session copied from');
    expect(await userThere()).toBe('here');
    await on(project, 'redis', `await store.destroy('a')`);
    expect(await push(project)).toContain('0 sessions copied · 1 logged out there');
    expect(await on(project, 'redis')).toEqual([]);
  });

  it('copies to the file of keyv-file and to the Keyv of a module, and back', async () => {
    const project = await begin();
    const before = await on(project, 'filesystem', `await store.set('a', { user: 'zora' })`);
    for (const name of ['keyv', 'keyv-file']) linkPackage(project.app, name);
    project.app.write(
      'keyv.js',
      `import { KeyvFile } from 'keyv-file';
       export default new KeyvFile({ filename: 'app.json', writeDelay: 0 });`,
    );
    expect(await push(project, '--to', 'sessions.json')).toMatch(/1 session copied .*not sealed/s);
    const file = readFileSync(join(project.app.folder, 'sessions.json'), 'utf8');
    expect(file).toContain('zora');
    // What a module has opened ends with a process of its own.
    const { stderr } = await project.run(['push', '--from', 'sessions.json', '--to', './keyv.js']);
    expect(stderr).toContain('1 session copied from sessions.json to keyv.js');
    await on(project, 'filesystem', 'await store.clear()');
    expect(await push(project, '--from', 'app.json', '--to', 'filesystem')).toContain('1 session');
    expectSame(await on(project, 'filesystem'), before);
  });

  it('fails in one sentence', async () => {
    const project = await begin();
    expect(await push(project)).toMatch(/There is no session directory .*Nothing was copied/);
    expect(await push(project, '--to', 'filesystem')).toMatch(/are in filesystem already/);
    expect(await push(project, '--from', 'disk')).toMatch(/--from is "disk"\. Set it to/);
    await on(project, 'filesystem', `await store.set('a', { user: 'ada' })`);
    project.app.write('package.json', '{ "name": "project", "type": "module" }'); // not patient
    const gone = { REDIS_URL: 'redis://127.0.0.1:1' };
    expect((await project.run(['push'], gone)).stderr).toMatch(/out of reach/);
  });
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { CLI } from '../support/tools.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { bePatientWithRedis } from '../support/patient-redis.ts';
import { runScript } from '../support/script.ts';

const SECRET = 'b1946ac92492d2347c6235b4d2611184';
const HOUR = 60 * 60 * 1000;

interface Stored {
  id: string;
  data: { user: string };
  created: number;
  expires: number;
}

/** Statements on a store, after which all that is in it is asked for. */
type Step = [type: 'filesystem' | 'redis', statements?: string, namespace?: string];

/** A project with a script that runs statements on stores and prints all that is in each. */
class Project {
  readonly app: App;
  readonly server: RedisServer;

  static async begin(): Promise<Project> {
    const app = await createApp();
    app.write('package.json', '{ "name": "project", "type": "module" }');
    bePatientWithRedis(app);
    app.write(
      'run.js',
      `import { createSessionStore } from 'holdover';
       const found = [];
       for (const [type, statements = '', namespace] of JSON.parse(process.argv[2])) {
         const store = createSessionStore({ type, namespace });
         await eval('(async () => {' + statements + '})()');
         const all = [];
         for await (const session of store.all()) all.push(session);
         found.push(all.sort((a, b) => (a.id < b.id ? -1 : 1)));
       }
       console.log(JSON.stringify(found));`,
    );
    return new Project(app, await RedisServer.start());
  }

  private constructor(app: App, server: RedisServer) {
    this.app = app;
    this.server = server;
  }

  /** Runs steps in one process, and gives what is in the store of each after it. */
  async on(...steps: Step[]): Promise<Stored[][]> {
    const { stdout } = await runScript(this.app, ['run.js', JSON.stringify(steps)], this.env);
    return JSON.parse(stdout) as Stored[][];
  }

  /** What `holdover push` says; its error when it fails. */
  async push(...flags: string[]): Promise<string> {
    const { stderr } = await promisify(execFile)(process.execPath, [CLI, 'push', ...flags], {
      cwd: this.app.folder,
      env: { ...process.env, ...this.env, NO_COLOR: '1' },
    }).catch((error: { stderr: string }) => error);
    return stderr;
  }

  get env(): NodeJS.ProcessEnv {
    return { REDIS_URL: this.server.url, SESSION_SECRET: SECRET };
  }
}

describeWithRedis('holdover push', () => {
  it('copies sessions to Redis and back, as they are', async () => {
    const project = await Project.begin();
    const two = `await store.set('a', { user: 'ada' }, ${HOUR}); await store.set('b', { user: 'bob' });`;
    const other = 'express-connect_2esid';
    const [before = []] = await project.on(
      ['filesystem', two],
      ['filesystem', `await store.set('c', { user: 'eve' })`, other],
    );
    expect(await project.push()).toMatch(/3 sessions copied from .*sessions to redis:\/\/127/);
    const [there = [], [eve] = []] = await project.on(
      ['redis'],
      ['redis', '', other],
      ['filesystem', 'await store.clear()'],
    );
    expect(there.map(({ id, data, created }) => [id, data, created])).toEqual(
      before.map(({ id, data, created }) => [id, data, created]),
    );
    for (const [index, { expires }] of there.entries()) {
      expect(Math.abs(expires - (before[index]?.expires ?? 0))).toBeLessThan(2000);
    }
    expect(eve?.data.user).toBe('eve');

    expect(await project.push('--from', 'redis')).toMatch(
      /2 sessions copied · 1 there already from redis/,
    );
    const [back = []] = await project.on(['filesystem']);
    expect(back.map(({ id, data, created }) => [id, data, created])).toEqual(
      before.map(({ id, data, created }) => [id, data, created]),
    );
  });

  it('replaces nothing that differs, unless it is told to, and brings back nobody who has logged out there', async () => {
    const project = await Project.begin();
    await project.on(
      ['filesystem', `await store.set('a', { user: 'here' })`],
      ['redis', `await store.set('a', { user: 'there' })`],
    );
    expect(await project.push()).toContain(
      '0 sessions copied · 1 there with other data and left so',
    );
    const userThere = async () => (await project.on(['redis']))[0]?.[0]?.data.user;
    expect(await userThere()).toBe('there');
    expect(await project.push('--overwrite')).toContain('1 session copied from');
    expect(await userThere()).toBe('here');
    await project.on(['redis', `await store.destroy('a')`]);
    expect(await project.push()).toContain('0 sessions copied · 1 logged out there');
    expect(await project.on(['redis'])).toEqual([[]]);
  });

  it('copies many, of one namespace when that is named', async () => {
    const project = await Project.begin();
    const many = `await Promise.all(Array.from({ length: 500 }, (_, n) => store.set('id-' + n, { n })))`;
    await project.on(
      ['filesystem', many, 'many'],
      ['filesystem', `await store.set('a', { user: 'ada' })`],
    );
    expect(await project.push('--namespace', 'many')).toContain('500 sessions copied');
    const [none, all] = await project.on(['redis'], ['redis', '', 'many']);
    expect(none).toEqual([]);
    expect(all).toHaveLength(500);
  });

  it('fails in one sentence', async () => {
    const project = await Project.begin();
    expect(await project.push()).toMatch(/There is no session directory .*Nothing was copied/);
    expect(await project.push('--to', 'filesystem')).toMatch(/are in filesystem already/);
    expect(await project.push('--from', 'disk')).toMatch(/--from is "disk"\. Set it to/);
    await project.on(['filesystem', `await store.set('a', { user: 'ada' })`]);
    await project.server.kill();
    expect(await project.push()).toMatch(/out of reach/);
  });
});

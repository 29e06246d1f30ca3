import { KeyvFile } from 'keyv-file';
import { Keyv } from 'keyv';
import {
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CLI } from '../support/tools.ts';
import { ask } from '../support/ask.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { bePatientWithRedis } from '../support/patient-redis.ts';
import { poll } from '../support/poll.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { start } from '../support/running.ts';
import { runScript } from '../support/script.ts';

const HOUR = 60 * 60 * 1000;

interface Stored {
  namespace: string;
  id: string;
  data: Record<string, unknown>;
  created: number;
  expires: number;
}

/** Runs statements on stores in a place, and prints all that is in them. */
const RUN = `
  import { createSessionStore } from 'holdover';
  const [place, statements = ''] = process.argv.slice(2);
  const keyv = place.endsWith('.js') ? (await import(place)).default : undefined;
  const open = (namespace) => createSessionStore({ ...(keyv ? { keyv } : { type: place }), namespace });
  const [main, bot] = [open('default'), open('bot')];
  await eval('(async () => {' + statements + '})()');
  const all = [];
  for (const [namespace, store] of Object.entries({ default: main, bot })) {
    for await (const session of store.all()) all.push({ namespace, ...session });
  }
  const key = ({ namespace, id }) => namespace + ' ' + id;
  const text = JSON.stringify(all.sort((a, b) => (key(a) < key(b) ? -1 : 1)));
  process.stdout.write(text, () => process.exit());`;

/** The Keyv of a project, in Postgres. */
const toModule = (url: string | undefined, table: string): string => `
  import { Keyv } from 'keyv';
  import { KeyvPostgres } from '@keyv/postgres';
  export default new Keyv(new KeyvPostgres({ uri: '${url}', table: '${table}' }));
  setInterval(() => {}, 1000); // as an app has it`;

const SESSIONS = `
  await main.set('a', { user: 'zora', marks: [':', '::x', ':base64:AAAA', { at: ':é漢😀' }] }, ${HOUR});
  await main.set('b', { user: 'quinn', 2: 'two', 1: null });
  await main.set('keyv:\\n" é', { user: 'xaver' });
  await bot.set('a', { user: 'another a' }, ${2 * HOUR});`;

describeWithRedis('holdover push between places', () => {
  let redis: RedisServer;
  let postgres: PostgresServer | undefined;
  let project: CareProject;
  let file: string;
  let tables = 0;

  beforeAll(async () => {
    redis = await RedisServer.prepare();
    [postgres] = await Promise.all([PostgresServer.begin(), redis.begin()]);
  });
  afterAll(async () => {
    await redis.close();
    await postgres?.close();
  });

  beforeEach(async () => {
    redis.cli('flushall');
    project = await CareProject.begin('filesystem');
    Object.assign(project.env, { REDIS_URL: redis.url });
    bePatientWithRedis(project.app);
    for (const name of ['keyv', 'keyv-file', '@keyv/postgres']) linkPackage(project.app, name);
    project.app.write('keyv.js', toModule(postgres?.url, `pushed_${++tables}`));
    project.app.write('all.js', RUN);
    file = join(project.app.folder, 'sessions.json');
  });

  async function on(place: string, statements = ''): Promise<Stored[]> {
    const { stdout } = await runScript(project.app, ['all.js', place, statements], project.env);
    return JSON.parse(stdout) as Stored[];
  }

  /** What the command says, in its first line; nothing of it may be of a session. */
  async function push(...flags: string[]): Promise<string> {
    // What a Keyv of the project keeps alive ends with a process of its own.
    const isOfProject = flags.some((flag) => /keyv\.[jt]s$/.test(flag));
    const words = ['push', ...flags];
    const { stderr, stdout } = await (isOfProject ? project.run(words) : ask(project, words));
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/zora|quinn|xaver|id-/);
    return stderr.split('\n')[0]?.replace('[holdover] ', '') ?? '';
  }

  it('exports a file that an app opens and may change, for its user only', async () => {
    const all = await on('filesystem', SESSIONS);
    writeFileSync(file, '{"cache":[["carts:x",{"value":"{\\"value\\":1}"}]],"lastExpire":1}');
    chmodSync(file, 0o644);
    const { stderr } = await project.run(['push', '--to', 'sessions.json']);
    expect(stderr).toContain('sessions.json is not sealed: a reader of it can be any user in it');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    project.app.write(
      'file.js',
      `import { createSessionStore } from 'holdover';
       import { KeyvFile } from 'keyv-file';
       const keyv = new KeyvFile({ filename: 'sessions.json', writeDelay: 0 });
       const stores = ['default', 'bot'].map((namespace) => createSessionStore({ keyv, namespace }));
       const found = await Promise.all(stores.map((store) => store.get('a')));
       console.log(JSON.stringify(found.map(({ data }) => data)));`,
    );
    const { stdout } = await runScript(project.app, ['file.js'], project.env);
    expect(JSON.parse(stdout)).toEqual(
      ['default', 'bot'].map(
        (namespace) => all.find((one) => one.namespace === namespace && one.id === 'a')?.data,
      ),
    );
    const carts = new Keyv({ store: new KeyvFile({ filename: file }), namespace: 'carts' });
    expect(await carts.get('x')).toBe(1);
  });

  it('brings nobody back who has logged out or expired', async () => {
    const three = `
      await main.set('stays', { user: 'zora' });
      await main.set('ends', { user: 'quinn' }, 1500);
      await main.set('leaves', { user: 'xaver' });`;
    await on('filesystem', three);
    const over = Date.now() + 1500;
    const places = ['./keyv.js', 'redis', 'sessions.json'];
    for (const place of places) expect(await push('--to', place)).toMatch(/^[23] sessions copied/);
    await poll(() => Date.now() > over);
    for (const place of ['filesystem', './keyv.js', 'redis']) {
      const left = await on(place, `await main.destroy('leaves')`);
      expect(left.map(({ id }) => id)).toEqual(['stays']);
      expect(await push('--from', 'sessions.json', '--to', place)).toContain(
        '0 sessions copied · 1 there already · 1 logged out there',
      );
      expect(await on(place)).toHaveLength(1);
    }
    expect(await push('--to', 'sessions.json')).toContain('0 sessions copied · 1 there already');
    expect(readFileSync(file, 'utf8')).not.toContain('ends');
  });

  it('never tears the file, whenever it is killed, and clears up after that', async () => {
    const fill = (n: number): string =>
      `for (let i = 0; i < 10; i++) await store.set('id-' + i, { n: ${n}, x: 'x'.repeat(1e6) });`;
    await project.on(fill(1));
    await push('--to', 'sessions.json');
    const before = readFileSync(file, 'utf8');
    await project.on(fill(2));
    const { folder } = project.app;
    const isTemporary = (name: string | null): boolean => /^sessions\.json\../.test(name ?? '');
    const listTemporary = (): string[] => readdirSync(folder).filter(isTemporary);
    let torn = 0;
    for (let round = 0; torn === 0 && round < 10; round++) {
      const words = [CLI, 'push', '--to', 'sessions.json', '--overwrite'];
      const running = start(process.execPath, words, { cwd: folder, env: project.env });
      const changes = watch(folder, (_, name) => {
        if (isTemporary(name)) running.kill('SIGKILL');
      });
      await running.exited;
      changes.close();
      if (listTemporary().length > 0) torn++;
      const after = readFileSync(file, 'utf8');
      if (after !== before) expect(JSON.parse(after)).toHaveProperty('cache.length', 10);
    }
    expect(torn).toBeGreaterThan(0);
    expect(await push('--to', 'sessions.json', '--overwrite')).toContain('10 ');
    expect(listTemporary()).toEqual([]);
  });

  it('takes a module of TypeScript, an adapter, and a Map', async () => {
    await on('filesystem', `await main.set('a', { user: 'zora' })`);
    project.app.write(
      'folder/keyv.ts',
      `import { KeyvPostgres } from '@keyv/postgres';
       enum Table { Name = 'typed_${tables}' }
       export default new KeyvPostgres({ uri: '${postgres?.url}', table: Table.Name as string });`,
    );
    project.app.write('map.cjs', 'module.exports = new Map();');
    expect(await push('--to', 'folder/keyv.ts')).toContain('1 session copied');
    expect(await push('--from', 'folder/keyv.ts', '--to', 'map.cjs')).toContain('1 session copied');
  });

  it('fails in one sentence, and leaves what is there as it was', async () => {
    await on('filesystem', `await main.set('a', { user: 'zora' })`);
    const files = {
      'other.js': 'export default { get() {} };',
      'throws.js': `throw new Error('it is broken');`,
      'away.js': toModule('postgres://postgres@localhost:1/postgres', 'away'),
      'blind.js': `const map = new Map();
        export default { get: (key) => map.get(key), set: (key, value) => map.set(key, value), delete() {}, clear() {} };`,
    };
    for (const [name, code] of Object.entries(files)) project.app.write(name, code);
    symlinkSync(join(project.app.folder, 'keyv.js'), join(project.app.folder, 'link.json'));
    const { folder } = project.app;
    const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
    const wrong: [string[], RegExp][] = [
      [['--to', 'sessions.txt'], /^--to is "sessions.txt"\. Set it to filesystem, redis, a file/],
      [['--to', 'postgres://quinn:x@host/db'], /^--to is a URL\. Set it to .* a module as/],
      [['--from', 'memory'], /^--from is memory, which ends with its process\. Set it/],
      [['--from', 'x.json', '--to', './x.json'], /^The sessions are in \S*x.json already/],
      [['--from', 'missing.json'], /^There is no file missing.json\. Nothing was copied/],
      [['--to', 'package.json'], /^package.json is no file that keyv-file writes, and was left/],
      [['--to', 'link.json'], /^link.json is no file, or a link to one/],
      [['--to', 'nowhere/x.json'], /^nowhere\/x.json was not written: ENOENT/],
      [['--to', 'other.js'], /^The default export of other.js is no Keyv/],
      [['--to', 'throws.js'], /^throws.js cannot be loaded: it is broken/],
      [['--to', 'away.js'], /^The Keyv of away.js has failed: connect ECONNREFUSED/],
      [['--from', 'blind.js'], /^The Keyv of blind.js has failed: .*has an iterator/],
      [['--namespace', 'a b'], /^--namespace may have letters/],
    ];
    for (const [words, sentence] of wrong) {
      // A Keyv that is opened keeps a process alive: there it has to end by itself.
      const isOpened = /^(away|blind)/.test(words.at(-1) ?? '');
      const all = ['push', ...words];
      const { stderr, code } = await (isOpened ? project.run(all) : ask(project, all));
      expect([words, stderr.replace('[holdover] ', '')]).toEqual([
        words,
        expect.stringMatching(sentence),
      ]);
      expect(stderr).not.toMatch(/zora|quinn/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(1);
    }
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(manifest);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

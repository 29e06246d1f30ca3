import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, fill } from '../support/ask.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject, toPreload } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';
import { alterRecord, listRecordFiles } from '../support/record-files.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { start } from '../support/running.ts';
import { runScript } from '../support/script.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../support/small-disk.ts';
import { CLI } from '../support/tools.ts';
import { diagnose, OWN, STORE } from './doctor-checks.ts';

async function begin(): Promise<CareProject> {
  const project = await CareProject.begin('filesystem');
  project.app.write(
    'package.json',
    '{ "name": "p", "type": "module", "dependencies": { "express-session": "1" } }',
  );
  return project;
}

const OLD_NODE = toPreload(
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })`,
);

function sessionsOf(project: CareProject): string {
  return join(project.app.folder, '.holdover', 'sessions');
}

describe('holdover doctor', () => {
  it('prints a line for each check, and finds nothing in a project that is well', async () => {
    const project = await begin();
    await CareApp.start(project, toExpressApp());
    await poll(async () => (await diagnose(project, ['framework'])).includes('adopted'));
    const { stdout, code } = await project.run(['doctor']);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => !/^✓ \S/.test(line))).toEqual(['']);
    expect(stdout).toMatch(/✓ framework +express-session 1\.\d+\.\d+: its memory store is adopted/);
  });

  it('checks versions', async () => {
    const project = await begin();
    project.app.write('package.json', '{ "name": "p", "devDependencies": { "tsx": "4" } }');
    expect(await diagnose(project, ['node', 'tsx'])).toMatch(/^node good: \S+\ntsx good: 4\S+$/);
    project.app.write('node_modules/vite/package.json', '{ "version": "5.4.0" }');
    expect(await diagnose(project, ['vite'])).toBe(''); // no server code is in it
    project.app.write('vite.config.js', "import holdover from 'holdover/vite';");
    expect(await diagnose(project, ['vite'])).toMatch(
      /^vite broken: vite 5\.4\.0 is too old for holdover, which needs 6\.0 or newer\.$/,
    );
    project.app.write('node_modules/vite/package.json', '{ "version": "8.0.1" }');
    expect(await diagnose(project, ['vite'])).toBe('vite good: 8.0.1');
    rmSync(join(project.app.folder, 'node_modules', 'tsx'));
    project.app.write('node_modules/tsx/package.json', '{ "version": "3.14.0" }');
    expect(await diagnose(project, ['tsx'])).toBe('tsx good: 3.14.0');
    project.app.write('node_modules/tsx/package.json', '{ "version": "3.13.0" }');
    expect(await diagnose(project, ['tsx'])).toMatch(/^tsx doubtful: tsx 3\.13\.0 is too old/);
    expect(await diagnose(project, ['node'], OLD_NODE)).toMatch(/^node broken: 18\.20\.0, and/);
  });

  it.skipIf(whyNoSmallDisk())('checks that there is room on the disk', async () => {
    const project = await begin();
    const disk = mountSmallDisk(16 * 1024 * 1024);
    const check = () => diagnose(project, ['free space'], { SESSION_FILE_DIR: `${disk.path}/s` });
    expect(await check()).toBe('free space doubtful: 16 MB are left on the disk.');
    disk.fill(1024 * 1024);
    expect(await check()).toBe('free space broken: 1 MB are left on the disk.');
  });

  it('is said by every command that cannot work on this Node', async () => {
    const project = await begin();
    const { stderr, code } = await project.run(['nonsense'], OLD_NODE);
    expect(stderr).toMatch(
      /^\[holdover\] There is no .* \(This is Node 18\.20\.0, and holdover needs \^20\S+ .*\.\)\n$/,
    );
    expect(code).toBe(1);
  });

  it('checks that the session directory can be used, and that nobody else uses it', async () => {
    const project = await begin();
    const names = ['directory', 'modes', 'watchers', 'free space'];
    await fill(project, STORE);
    expect(await diagnose(project, names)).toMatch(
      /^directory good: .* is there, and writable\nmodes good: .*\nwatchers good: .*\nfree space good: [\d,]+ MB$/,
    );
    chmodSync(sessionsOf(project), 0o755);
    expect(await diagnose(project, ['modes'])).toBe('modes broken: Others may use it (0755).');
    project.app.write('a-file', '');
    for (const directory of ['a-file', 'a-file/sessions']) {
      expect(await diagnose(project, ['directory'], { SESSION_FILE_DIR: directory })).toMatch(
        /^directory broken: Sessions cannot be kept in .* is no folder/,
      );
    }
    symlinkSync(sessionsOf(project), join(project.app.folder, 'a-link'));
    expect(await diagnose(project, ['directory'], { SESSION_FILE_DIR: 'a-link' })).toBe(
      'directory broken: a-link is a link or a file.',
    );
    project.app.write('uploads/photo.jpg', '');
    expect(await diagnose(project, ['directory'], { SESSION_FILE_DIR: 'uploads' })).toMatch(
      /^directory broken: The folder .*uploads is not empty and holdover has not made it, so it/,
    );
    const plain = { SESSION_FILE_DIR: 'sessions' };
    expect(await diagnose(project, ['watchers'], plain)).toMatch(
      /^watchers doubtful: sessions has/,
    );
    project.app.write('package.json', '{ "name": "p", "devDependencies": { "nodemon": "3" } }');
    expect(await diagnose(project, ['watchers'], plain)).toMatch(/^watchers broken/);
  });

  it('checks that git leaves sessions alone', async () => {
    const project = await begin();
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', project.app.folder, ...words], { stdio: 'ignore' });
    expect(await diagnose(project, ['git'])).toBe('git good: no repository');
    git('init');
    await fill(project, STORE);
    expect(await diagnose(project, ['git'])).toBe('git good: ignores it');
    rmSync(join(project.app.folder, '.holdover', '.gitignore'));
    expect(await diagnose(project, ['git'])).toMatch(/^git broken: Git does not ignore/);
    git('add', '.holdover');
    expect(await diagnose(project, ['git'])).toMatch(/^git broken: Session files are in/);
  });

  it('checks that records can be read', async () => {
    const project = await begin();
    const names = ['records', 'quarantine', 'clock'];
    await fill(project, STORE);
    expect(await diagnose(project, names)).toMatch(
      /^records good: 1 live, all readable, all seals valid\nquarantine good: empty\nclock good: 2/,
    );
    expect(await diagnose(project, ['records'], { SESSION_KEY: 'k'.repeat(40) })).toMatch(
      /^records broken: 0 live; not readable in .*: 1 \(wrong key\)\.$/,
    );
    const copy = await begin();
    await fill(copy, STORE);
    const other = { SESSION_KEY: 'k'.repeat(40) };
    await runScript(copy.app, ['run.js', 'other', STORE], { ...copy.env, ...other });
    expect(await diagnose(copy, ['records', 'quarantine'], other)).toMatch(
      /^records doubtful: 1 live; not readable in .*: 1 \(wrong key\)\.\nquarantine good: empty$/,
    );
    for (const file of listRecordFiles(sessionsOf(project))) alterRecord(file);
    expect(await diagnose(project, ['records'])).toMatch(/1 \(altered\)/);
    await project.on('for await (const one of store.all()) console.log(one)');
    expect(await diagnose(project, names)).toMatch(/quarantine doubtful: 1 set aside \(altered\)/);
  });

  it('checks the clock', async () => {
    const project = await begin();
    await project.on(`const { now } = Date; Date.now = () => now() + 3600_000; ${STORE}`);
    expect(await diagnose(project, ['clock'])).toMatch(/^clock broken: It is 2\S+ here, and a/);
  });

  it('checks whether the store of the framework is adopted', async () => {
    const project = await begin();
    // One that is known to last, one that is known not to, and one of which nothing is known.
    for (const [own, outcome] of [
      ['FileStore extends session.Store', 'good: .*FileStore\\), which outlasts the process'],
      ['Own extends session.MemoryStore { set() {} }', 'broken: .*\\(Own\\)\\.'],
      ['Mine extends session.Store', 'doubtful: .*\\(Mine\\)\\.'],
    ] as const) {
      const [name = ''] = own.split(' ');
      const store = own.includes('{') ? own : `${own} {}`;
      const app = await CareApp.start(project, toExpressApp(`store: new (class ${store})(),`));
      await poll(async () => (await diagnose(project, ['framework'])).includes(`(${name})`));
      expect(await diagnose(project, ['framework'])).toMatch(new RegExp(`^framework ${outcome}$`));
      expect(app.running.output.includes('in memory')).toBe(name === 'Own');
      await app.kill();
    }
    const other = await CareProject.begin('filesystem');
    expect(await diagnose(other, ['framework'])).toBe('');
    // A store that the app names is one, whatever it is for.
    const item =
      "import holdover from 'holdover/unstorage'; await holdover().setItem('a', '1', {});";
    other.app.write('app.js', item);
    await runScript(other.app, ['app.js'], other.env);
    expect(await diagnose(other, ['framework'])).toMatch(
      /^framework good: unstorage: uses a store of holdover \(/,
    );
  });

  it('checks cookies and secrets of the app as it ran last', async () => {
    const project = await begin();
    const bad = "cookie: { secure: true, sameSite: 'none' }, secret: 'keyboard cat',";
    const app = await CareApp.start(project, toExpressApp(bad));
    const names = ['cookie', 'secret'];
    await poll(async () => (await diagnose(project, names)) !== '');
    expect(await diagnose(project, names)).toBe(
      'cookie broken: connect.sid of express-session is secure, so it is never set on http.\n' +
        'secret doubtful: That of express-session has 12 characters.',
    );
    await app.kill();
    const worse = "cookie: { sameSite: 'none' },";
    const next = await CareApp.start(project, toExpressApp(worse));
    await poll(async () => (await diagnose(project, names)).includes('browsers refuse it'));
    await next.kill();
    const last = await CareApp.start(project, toExpressApp());
    await poll(async () => (await diagnose(project, names)).startsWith('cookie good'));
    expect(await diagnose(project, names)).toMatch(/secret good: express-session keeps its own/);
    await last.kill();
    for (const path of ['/one', '/two', '/three']) {
      const secret = 'secret: randomBytes(32).toString("hex"),';
      const imports = "import { randomBytes } from 'node:crypto';";
      const one = await CareApp.start(project, toExpressApp(secret, '', imports));
      await poll(async () => {
        await one.browser.request(path); // what notes it, and the cookie before it, may be loaded still
        const { stdout } = await ask(project, ['why']);
        return stdout.includes(`\`GET ${path}\` came without the cookie`);
      });
      await one.kill();
    }
    expect(await diagnose(project, ['secret'])).toMatch(/another secret at every start/);
  });

  it('says nothing of packages that the app may not use, or that another package has brought', async () => {
    const project = await begin();
    const names = ['framework', 'keyv', 'tsx', 'vite plugin'];
    project.app.write('node_modules/keyv/package.json', '{ "name": "keyv", "version": "4.5.4" }');
    rmSync(join(project.app.folder, 'node_modules', 'tsx'));
    project.app.write('node_modules/tsx/package.json', '{ "version": "3.13.0" }');
    project.app.write('vite.config.js', "import react from '@vitejs/plugin-react';");
    expect(await diagnose(project, names)).toBe(
      'framework doubtful: package.json names express-session, and no run of the app under holdover is recorded here.',
    );
    // An app that runs under holdover, and does not use what package.json names.
    project.app.write('idle.js', "console.log('runs'); setInterval(() => {}, 1e6);");
    const words = [CLI, 'watch', '--no-standby', 'idle.js'];
    const running = start(process.execPath, words, { cwd: project.app.folder, env: project.env });
    await running.printed('runs');
    expect(await diagnose(project, names)).toBe('');
    const { stdout } = await ask(project, ['why']);
    expect(stdout).toMatch(/^No request is recorded here: /);
    running.kill('SIGKILL');
    // One that used another framework when it ran.
    await fill(
      project,
      `import('holdover/unstorage').then((it) => it.default().setItem('a', '1', {}))`,
    );
    await poll(async () =>
      (await diagnose(project, names)).startsWith('framework good: unstorage'),
    );
    expect(await diagnose(project, names)).not.toContain('express-session');
  });

  it('checks that Vite has the plugin, where server code runs in it', async () => {
    const project = await begin();
    const check = () => diagnose(project, ['vite plugin']);
    expect(await check()).toBe('');
    project.app.write('vite.config.js', "import dev from '@hono/vite-dev-server';");
    expect(await check()).toMatch(/^vite plugin doubtful: vite\.config\.js runs server code/);
    expect((await ask(project, ['init'])).stderr).toContain('vite.config.js');
    project.app.write('vite.config.js', "import holdover from 'holdover/vite';");
    expect(await check()).toBe('vite plugin good: in vite.config.js');
  });

  it('checks SESSION_SECRET', async () => {
    const project = await begin();
    const check = (env: NodeJS.ProcessEnv) => diagnose(project, ['SESSION_SECRET'], env);
    expect(await check({ SESSION_SECRET: '' })).toMatch(/good: not set/);
    expect(await check({ SESSION_SECRET: '0123456789abcdef0123456789abcdef' })).toMatch(
      /good: set/,
    );
    expect(await check({ SESSION_SECRET: 'short' })).toMatch(/broken: SESSION_SECRET has 5/);
    expect(await check({ SESSION_SECRET: '', NODE_ENV: 'production' })).toMatch(
      /broken: .* not set/,
    );
  });
});

describeWithRedis('holdover doctor, on Redis', () => {
  const names = ['redis', 'redis TLS', 'redis eviction', 'redis clock', 'records'];

  it('finds nothing where all is well, and records that were altered', async () => {
    const project = await CareProject.begin('redis');
    await fill(project, STORE);
    expect(await diagnose(project, names, {}, OWN)).toMatch(
      /^redis good: redis:\S+ answers\nredis TLS good: .*\nredis eviction good: .*\nredis clock good: .*\nrecords good: 1 live/,
    );
    const { redis } = project;
    const key = redis?.cli('KEYS', 'holdover:*') as string;
    redis?.cli('SET', key, `${redis.cli('GET', key)}x`, 'KEEPTTL');
    expect(await diagnose(project, ['records'])).toMatch(/^records broken: .*1 \(altered\)/);
    expect(redis?.cli('KEYS', 'holdover:*')).toBe(key);
  });
});

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFreePort } from '../support/app.ts';
import { childrenOf, isAlive } from '../support/children.ts';
import { connectionError } from '../support/clients.ts';
import { poll } from '../support/poll.ts';
import { Rig, type Project } from '../support/rig.ts';

/** What the app says of its process. */
interface Said {
  pid: number;
  version: string;
  argv: string[];
  execArgv: string[];
  isMain: boolean;
  flag?: string;
}

const ESM = `
  import { createServer } from 'node:http';
  import { pathToFileURL } from 'node:url';
  import { version } from './version.js';
  const { pid, argv, execArgv, env } = process;
  const isMain = import.meta.url === pathToFileURL(argv[1]).href;
  const said = { pid, version, argv, execArgv, isMain, flag: env.FLAG };
  createServer().listen(env.PORT, () => console.log('said ' + JSON.stringify(said)));
`;

const CJS = `
  const { createServer } = require('node:http');
  const { version } = require('./version.cjs');
  const { pid, argv, execArgv, env } = process;
  const isMain = require.main === module && process.mainModule === module;
  const said = { pid, version, argv, execArgv, isMain, flag: env.FLAG };
  createServer().listen(env.PORT, () => console.log('said ' + JSON.stringify(said)));
`;

const VERSION = toVersion('1');

interface Beginning {
  words?: string[];
  hasStandby?: boolean;
  env?: NodeJS.ProcessEnv;
  prepare?: (app: Project) => void;
}

async function begin({ words = ['server.js'], hasStandby = true, env, prepare }: Beginning = {}) {
  const rig = await Rig.start({
    needsPort: true,
    hasStandby,
    files: {
      'server.js': ESM,
      'version.js': toVersion('1'),
      'server.cjs': CJS,
      'version.cjs': `exports.version = '1';\n`,
      'server.ts': ESM.replaceAll('./version.js', './version.ts'),
      'version.ts': `export const version: string = '1';\n`,
    },
    words,
    ...(env && { env }),
    ...(prepare && { prepare }),
  });
  await rig.printed(/^said /);
  return rig;
}

function toVersion(version: string): string {
  return `export const version = '${version}';\n`;
}

/** Saves a version, and gives what its process says. */
async function save(rig: Rig, version: string, path = 'version.js'): Promise<Said> {
  const declares = path.endsWith('.cjs') ? 'exports.version' : 'export const version';
  rig.app.write(path, `${declares} = '${version}';\n`);
  await rig.printed(new RegExp(`^said .*"version":"${version}"`));
  return rig.last<Said>('said');
}

/** The time that a process has had of the processor, in ticks of 10 ms. Linux only. */
function ticksOf(pid: number): number {
  const [, rest = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const fields = rest.split(' '); // from the third on
  return Number(fields[11]) + Number(fields[12]);
}

/** Waits until a process has not used the processor for a second. */
async function becomesCalm(pid: number): Promise<void> {
  let ticks = ticksOf(pid);
  let since = performance.now();
  const isCalm = (): boolean => {
    const now = ticksOf(pid);
    if (now !== ticks) since = performance.now();
    ticks = now;
    return performance.now() - since > 1000;
  };
  await poll(isCalm, { every: 50 });
}

/** Ends holdover, and waits until the app and all that stands by has ended with it. */
async function leavesNothing(rig: Rig, signal: NodeJS.Signals): Promise<void> {
  const { pid } = rig.last<Said>('said');
  const standby = await rig.standsBy(pid);
  rig.running.kill(signal);
  await rig.running.exited;
  await poll(() => !isAlive(pid) && !isAlive(standby));
  expect(await connectionError(rig.port)).toBe('ECONNREFUSED');
}

describe('the process that stands by', () => {
  it.each([
    ['CommonJS', 'server.cjs', 'version.cjs', []],
    ['TypeScript', 'server.ts', 'version.ts', []],
    ['an ES module with arguments', 'server.js', 'version.js', ['--color', 'a b']],
  ])('runs next, as the main module: %s', async (_, entry, path, args) => {
    const flags = ['--no-warnings', '--conditions=development'];
    const rig = await begin({ words: [...flags, entry, ...args] });
    let said = rig.last<Said>('said');
    const expected = {
      argv: [process.execPath, join(rig.app.folder, entry), ...args],
      execArgv: said.execArgv,
      isMain: true,
    };
    expect(said).toMatchObject(expected);
    expect(said.execArgv.slice(-2)).toEqual(flags);
    for (const version of ['2', '3']) {
      const pid = await rig.standsBy(said.pid);
      said = await save(rig, version, path);
      expect(said).toMatchObject({ ...expected, pid });
    }
  });

  it.runIf(process.platform === 'linux')(
    'uses no processor, and is not left behind by SIGKILL',
    async () => {
      const rig = await begin();
      const { pid } = rig.last<Said>('said');
      const standby = await rig.standsBy(pid);
      await becomesCalm(standby);
      const said = await save(rig, '2');
      expect(said.pid).toBe(standby);
      await leavesNothing(rig, 'SIGKILL');
    },
  );

  it('is replaced when something that it has read has changed', async () => {
    const rig = await begin({
      words: ['--env-file=dev.env', '--env-file-if-exists', 'none.env', 'server.js'].filter(
        (word) => hasIfExists() || !/none|if-exists/.test(word),
      ),
      prepare: (app) => {
        app.write('dev.env', 'FLAG=1\n');
        app.write('tsconfig.json', '{ "extends": "./config/base.json" }');
        app.write('config/base.json', '{ "extends": ["./deep.json"] }');
        app.write('config/deep.json', '{}');
      },
    });
    let { pid } = rig.last<Said>('said');
    let count = 1;
    const change: [string, string][] = [
      ['dev.env', 'FLAG=2\n'],
      ['tsconfig.json', '{ "extends": "./config/base.json", "compilerOptions": {} }'],
      ['config/base.json', '{ "extends": ["./deep.json"], "compilerOptions": {} }'],
      ['config/deep.json', '{ "compilerOptions": {} }'],
      ['package.json', '{ "name": "changed", "type": "module" }'],
      ['package-lock.json', '{}'],
      ['pnpm-lock.yaml', 'lockfileVersion: 9\n'],
      ['node_modules/.package-lock.json', '{}'],
      ['node_modules/.package-lock.json', '{ "packages": {} }'],
    ];
    const restarts = /^(package|tsconfig)\.json$/;
    const told = (path: string): RegExp => new RegExp(`\\[holdover\\] .*(${path}|1 more)`);
    for (const [path, content] of change) {
      const standby = await rig.standsBy(pid);
      const toldBefore = rig.count(told(path));
      rig.app.write(path, content);
      rig.app.write('version.js', toVersion(`${++count}`));
      await rig.printed(new RegExp(`^said .*"version":"${count}"`));
      // It restarts the app by itself: with the other file, or after it.
      if (restarts.test(path)) await rig.printed(told(path), toldBefore + 1);
      const said = rig.last<Said>('said');
      expect([path, said.pid === standby]).toEqual([path, false]);
      expect([path, said.flag]).toEqual([path, '2']);
      await poll(() => !isAlive(standby));
      pid = said.pid;
    }
    mkdirSync(join(rig.app.folder, 'src')); // of no interest
    const standby = await rig.standsBy(pid);
    expect((await save(rig, 'last')).pid).toBe(standby);
  });

  it('is not started anew for each of many saves that follow each other, nor left behind by SIGHUP', async () => {
    const files = Array.from({ length: 20 }, (_, index) => `module-${index}.js`);
    const rig = await begin({
      prepare: (app) => {
        for (const file of files) app.write(file, 'export {};');
        app.write('version.js', [...files.map((file) => `import './${file}';`), VERSION].join(''));
      },
    });
    const { pid } = rig.last<Said>('said');
    await rig.standsBy(pid);
    const seen = new Set<number>();
    for (const file of files) {
      rig.app.write(file, 'export {}; // saved');
      for (const child of childrenOf(rig.running.pid)) seen.add(child);
    }
    await poll(() => rig.last<Said>('said').pid !== pid);
    // The one that ran, the one that waited, and the next ones: a busy machine takes long for 20 files.
    expect(seen.size).toBeLessThan(files.length / 2);
    await leavesNothing(rig, 'SIGHUP');
  });

  it('leaves nothing behind when holdover is killed while it starts', async () => {
    for (let i = 0; i < 3; i++) {
      const rig = await Rig.start({
        needsPort: true,
        files: { 'server.js': 'setInterval(() => {}, 1000);\n' },
        words: ['server.js'],
      });
      const child = await poll(() => childrenOf(rig.running.pid)[0]);
      const until = performance.now() + i * 35;
      await poll(() => performance.now() >= until, { every: 1 });
      rig.running.kill('SIGKILL');
      await poll(() => !isAlive(child));
    }
  });

  it('may be killed from outside, and is not left behind by SIGINT', async () => {
    const rig = await begin();
    let { pid } = rig.last<Said>('said');
    for (const version of ['2', '3']) {
      const standby = await rig.standsBy(pid);
      process.kill(standby, 'SIGKILL');
      await poll(() => !childrenOf(rig.running.pid).includes(standby));
      ({ pid } = await save(rig, version));
      expect(pid).not.toBe(standby);
    }
    expect(rig.running.output).not.toContain('SIGKILL');
    await leavesNothing(rig, 'SIGINT');
  });

  it('is one while saves find it ready', async () => {
    const rig = await begin();
    let { pid } = rig.last<Said>('said');
    for (const version of ['2', '3']) {
      await rig.standsBy(pid);
      expect(childrenOf(rig.running.pid).length).toBe(2);
      ({ pid } = await save(rig, version));
    }
    await rig.standsBy(pid);
    expect(childrenOf(rig.running.pid).length).toBe(2);
    await leavesNothing(rig, 'SIGTERM');
  });

  it('is two after saves that found none ready, however many, and none is left behind by SIGTERM', async () => {
    const rig = await begin();
    for (const version of ['2', '3', '4', '5', '6']) {
      const { pid } = await save(rig, version);
      expect(childrenOf(rig.running.pid).length).toBeLessThanOrEqual(3);
      expect(childrenOf(rig.running.pid)).toContain(pid);
    }
    await poll(() => childrenOf(rig.running.pid).length === 3);
    const children = childrenOf(rig.running.pid);
    await leavesNothing(rig, 'SIGTERM');
    await poll(() => !children.some(isAlive));
  });
});

function hasIfExists(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--env-file-if-exists');
}

describe('there is no process that stands by', () => {
  /** Whether the process of the next run was there before; the report line says when it could have been. */
  async function expectNone(rig: Rig): Promise<void> {
    const said = rig.last<Said>('said');
    const next = await save(rig, 'x');
    await rig.printed(/version\.js {2}/);
    expect(childrenOf(rig.running.pid)).toEqual([next.pid]);
    expect(next.pid).not.toBe(said.pid);
  }

  it('with --no-standby', async () => {
    await expectNone(await begin({ hasStandby: false }));
  });

  it('with --require, whose module runs once in each run', async () => {
    const rig = await begin({
      words: ['--require', './first.cjs', 'server.js'],
      prepare: (app) => app.write('first.cjs', `console.log('first');\n`),
    });
    await expectNone(rig);
    expect(rig.count(/^first$/)).toBe(2);
  });

  it('with --import in NODE_OPTIONS, whose module runs once in each run', async () => {
    const rig = await begin({
      env: { NODE_OPTIONS: '--import ./first.js' },
      prepare: (app) =>
        app.write(
          'first.js',
          `if (process.argv[1]?.endsWith('server.js')) console.log('first');\n`,
        ),
    });
    await expectNone(rig);
    expect(rig.count(/^first$/)).toBe(2);
  });

  it('with --inspect, which is on the same port after each restart', async () => {
    const port = await findFreePort();
    const rig = await begin({ words: [`--inspect=127.0.0.1:${port}`, 'server.js'] });
    const inspected = async (): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`);
      const [target] = (await response.json()) as { url: string }[];
      return target?.url ?? '';
    };
    expect(await inspected()).toContain('server.js');
    await expectNone(rig);
    expect(await inspected()).toContain('server.js');
    await save(rig, 'y');
    expect(await inspected()).toContain('server.js');
    expect(rig.running.output).not.toContain('Starting inspector on');
  });
});

describe('a module of --import of the user', () => {
  it('runs when the entry does, and may listen', async () => {
    const port = await findFreePort();
    const rig = await begin({
      words: ['--import', './first.js', 'server.js'],
      prepare: (app) =>
        app.write(
          'first.js',
          `import { createServer } from 'node:http';
           console.log('first ' + process.pid);
           createServer((_, response) => response.end(String(process.pid))).listen(${port});`,
        ),
    });
    const { pid } = rig.last<Said>('said');
    const answer = async (): Promise<number> =>
      Number(await (await fetch(`http://127.0.0.1:${port}`)).text());
    const standby = await rig.standsBy(pid);
    expect(await answer()).toBe(pid);
    expect(rig.count(/^first/)).toBe(1);
    expect((await save(rig, '2')).pid).toBe(standby);
    expect(rig.count(/^first/)).toBe(2);
    expect(await answer()).toBe(standby);
  });
});

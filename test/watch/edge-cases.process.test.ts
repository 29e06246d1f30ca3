import { execFileSync } from 'node:child_process';
import { renameSync, utimesSync } from 'node:fs';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IS_LONG, times } from '../support/depth.ts';
import { isAlive } from '../support/children.ts';
import { get } from '../support/clients.ts';
import { poll } from '../support/poll.ts';
import { Traffic } from '../support/traffic.ts';
import { Rig, type Project } from '../support/rig.ts';
import { answersVersion, saveVersion, startPlain } from './plain.ts';

/** A restart, by the line that tells of it. */
const RESTART = /^\S+ \[holdover\] .* {2}.*ms$/;

/** The plain app, held. */
async function begin(words?: string[], prepare?: (app: Project) => void): Promise<Rig> {
  const rig = await startPlain({ ...(words && { words }), ...(prepare && { prepare }) });
  await answersVersion(rig);
  await rig.holds();
  return rig;
}

const countOf = ({ running }: Rig, text: RegExp): number =>
  running.output.match(new RegExp(text, 'gm'))?.length ?? 0;

/** Waits for the line of one more restart, and until nothing more comes of what was saved. */
async function settles(rig: Rig, path = 'sentinel.js'): Promise<void> {
  // What is saved last is told last: what was saved before has had its restarts by then.
  const { length } = rig.running.output;
  rig.app.write('version.js', `${rig.app.read('version.js')}// ${path}\n`);
  await rig.running.printed(/version\.js.* {2}.*ms$/m, length);
}

describe('a save', () => {
  it('during a restart is not lost, and nobody is refused', async () => {
    const rig = await begin();
    const { port } = rig;
    const traffic = new Traffic(() => get({ port }), { clients: 2, pause: 5 });
    // While the old process ends, while the new one starts, and when it listens.
    let version = 1;
    for (const pause of [0, 15, 60, 120, 250]) {
      saveVersion(rig, String(++version));
      await delay(pause);
      saveVersion(rig, String(++version));
      await answersVersion(rig, String(version));
    }
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    expect(rig.running.output).not.toMatch(/exited with|was ended|was killed/);
  });

  it('is none where nothing changes, and one by another file that takes its name, or that moves it away first', async () => {
    const rig = await begin();
    const { app, running } = rig;
    const path = join(app.folder, 'version.js');
    const takeName = (version: string): void => {
      app.write('version.js.tmp', `export const version = '${version}';\n`);
      renameSync(`${path}.tmp`, path);
    };
    const moveAway = (version: string): void => {
      renameSync(path, `${path}~`); // as vim does
      saveVersion(rig, version);
    };
    utimesSync(path, new Date(), new Date());
    saveVersion(rig, '1', '');
    app.write('version.js', app.read('version.js'));
    app.write('copy.js', app.read('version.js'));
    renameSync(join(app.folder, 'copy.js'), path);
    await settles(rig);
    expect(countOf(rig, RESTART)).toBe(1);

    // Each of them twice: what is watched may be the file that was there before.
    const ways = Array.from({ length: times(1, 4) }, () => [
      takeName,
      takeName,
      moveAway,
      moveAway,
    ]).flat();
    for (const [index, save] of ways.entries()) {
      const { length } = running.output;
      const version = String(index + 2);
      save(version);
      await answersVersion(rig, version);
      await running.printed(RESTART_LINE, length);
    }
    expect(countOf(rig, RESTART)).toBe(1 + ways.length);
  });

  it('of a file that only the new code imports is noticed, and so are those after it', async () => {
    const rig = await startPlain({ hasStandby: true });
    const { pid: first } = await answersVersion(rig);
    await rig.standsBy(first);
    rig.app.write('extra.js', "export const extra = 'a';\n");
    saveVersion(rig, '2', "import { extra } from './extra.js';\nexport { extra };\n");
    await answersVersion(rig, '2');
    for (const [index, extra] of ['b', 'c', 'd'].entries()) {
      const { pid } = await answersVersion(rig, '2');
      rig.app.write('extra.js', `export const extra = '${extra}';\n`);
      await poll(async () => {
        const answer = await rig.browser.json<{ pid: number }>('/');
        return answer !== undefined && answer.pid !== pid;
      });
      await poll(() => countOf(rig, /extra\.js/) === index + 1);
    }
  });

  it.runIf(IS_LONG)('of 200 files by git is one', async () => {
    const gitIn =
      ({ folder: cwd }: Project) =>
      (...words: string[]) =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
          cwd,
          stdio: 'ignore',
        });
    // Before the app runs: it is to see what git writes, and nothing else.
    const rig = await begin(undefined, (app) => {
      const git = gitIn(app);
      app.write('.gitignore', 'node_modules\n');
      git('init');
      const names = Array.from({ length: 200 }, (_, index) => `parts/part${index}.js`);
      const imports = names.map((name, index) => `import part${index} from './${name}';\n`);
      const sum = names.map((_, index) => `part${index}`).join(' + ');
      for (const version of ['3', '2', '1']) {
        for (const name of names) app.write(name, `export default ${version};\n`);
        const text = `${imports.join('')}export const version = String((${sum}) / 200);\n`;
        app.write('version.js', text);
        git('add', '.');
        git('commit', '-m', version);
        git('tag', `v${version}`);
      }
    });
    for (const version of ['2', '3']) {
      const { length } = rig.running.output;
      gitIn(rig.app)('checkout', `v${version}`);
      await answersVersion(rig, version);
      await rig.running.printed(/parts\/part\d+\.js and \d+ more {2}.*ms$/m, length);
      const since = rig.running.outputSince(length);
      expect(since.match(new RegExp(RESTART, 'gm'))).toHaveLength(1);
    }
  });
});

const RESTART_LINE = new RegExp(RESTART, 'm');

describe('an app', () => {
  it('with a syntax error goes on after its fix, with the same address', async () => {
    const rig = await begin();
    const { port } = rig;
    for (const version of ['2', '3']) {
      rig.app.write('version.js', 'export const version = ;\n');
      await rig.running.printed(/SyntaxError/);
      await rig.running.printed(/exited with code 1/);
      saveVersion(rig, version);
      await answersVersion(rig, version);
      expect((await get({ port })).status).toBe(200);
      await rig.holds(port);
    }
  });

  it.runIf(IS_LONG)(
    'that ignores SIGTERM is killed when its grace is over, whatever is saved meanwhile',
    async () => {
      const rig = await begin(['--grace', '3s', 'server.js']);
      saveVersion(
        rig,
        '2',
        "process.on('SIGTERM', () => console.log('ignored'));\nsetInterval(() => {}, 1000);\n",
      );
      const { pid } = await answersVersion(rig, '2');
      await rig.holds();
      for (const version of ['3', '4', '5']) {
        saveVersion(rig, version);
        await delay(50);
      }
      await answersVersion(rig, '5');
      expect(isAlive(pid)).toBe(false);
      expect(countOf(rig, /^ignored/)).toBe(1);
      expect(countOf(rig, /did not end within 3,000 ms and was killed/)).toBe(1);
    },
  );

  it('that ends by itself is started again by the next save', async () => {
    const rig = await begin();
    const end = "setInterval(() => existsSync('is-over') && process.exit(0), 20);";
    saveVersion(rig, '2', `import { existsSync } from 'node:fs';\n${end}\n`);
    await answersVersion(rig, '2');
    rig.app.write('is-over', '');
    await rig.running.printed('The app has ended; waiting for a change, or Enter.');
    saveVersion(rig, '3');
    await answersVersion(rig, '3');
    saveVersion(rig, '4', "setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);\n");
    await rig.running.printed('The app was ended by SIGKILL');
    saveVersion(rig, '5');
    await answersVersion(rig, '5');
  });

  it('that never listens restarts, without and with a standby', async () => {
    const code = (version: string): string =>
      `process.on('exit', () => console.log('exit ${version}'));
       process.on('SIGTERM', () => process.exit());
       console.log('runs ${version} ' + process.pid);
       setInterval(() => {}, 1000);\n`;
    const rig = await Rig.start({
      needsPort: true,
      files: { 'server.js': code('1') },
      hasStandby: true,
    });
    await rig.printed(/^runs 1/);
    rig.app.write('server.js', code('2'));
    await rig.printed(/^runs 2/);
    await rig.printed(/\[holdover\] server\.js$/); // for long enough
    rig.app.write('server.js', code('3'));
    await rig.printed(/^runs 3/);
    expect(rig.count(/^exit [12]/)).toBe(2);
    expect(rig.running.output).not.toMatch(/was killed|held/);
  });

  it.runIf(IS_LONG)(
    'that listens late, after a second or three, lets its clients wait',
    async () => {
      const rig = await begin();
      const { port } = rig;
      for (const [version, pause] of [
        ['2', 1000],
        ['3', 2600],
      ]) {
        const { length } = rig.running.output;
        saveVersion(
          rig,
          `${version}`,
          `await new Promise((done) => setTimeout(done, ${pause}));\n`,
        );
        const traffic = new Traffic(() => get({ port }), { clients: 3 });
        await answersVersion(rig, `${version}`);
        await traffic.stop();
        expect(traffic.errors).toEqual([]);
        await rig.running.printed(/version\.js {2}(\d+ requests? held · )?[\d,]+ ms$/m, length);
        expect(rig.running.outputSince(length).match(/version\.js/g)).toHaveLength(1);
      }
      saveVersion(rig, '4');
      await answersVersion(rig, '4');
    },
  );
});

/** A start that waits until all have asked, and for one second more; and is busy as soon as it listens. */
const SLOW_START = `import { subscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
while (!existsSync('all-have-asked')) await wait(20);
await wait(1000);
subscribe('tracing:net.server.listen:asyncEnd', () => {
  const until = Date.now() + 200;
  while (Date.now() < until);
});
`;

describe('the report of a restart', () => {
  it('says how many requests have waited, and with --verbose where the time went', async () => {
    const rig = await begin(['--verbose', 'server.js']);
    const { port } = rig;
    const { pid } = await answersVersion(rig);
    saveVersion(rig, '2', SLOW_START);
    await poll(() => !isAlive(pid));
    const agent = new Agent();
    const waiting = Array.from({ length: 3 }, () => get({ port, agent }));
    const isAsking = ({ connecting, bytesWritten }: Socket): boolean =>
      !connecting && bytesWritten > 0;
    const sockets = (): Socket[] => Object.values(agent.sockets).flatMap((some) => some ?? []);
    await poll(() => sockets().filter(isAsking).length === 3);
    rig.app.write('all-have-asked', '');
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    // How many of them are accepted at once is up to the machine.
    await rig.running.printed(/version\.js {2}[123] requests? held · [\d,]+ ms$/m);
    const line =
      /\[holdover\] drain ([\d,]+) ms · exit ([\d,]+) ms · wait ([\d,]+) ms · (?:start ([\d,]+) ms · )?entry ([\d,]+) ms$/m;
    await rig.running.printed(line);
    const phases =
      line
        .exec(rig.running.output)
        ?.slice(1)
        .map((part) => Number(part?.replace(',', '') ?? 0)) ?? [];
    expect(phases.at(-1)).toBeGreaterThanOrEqual(990);
  });
});

it.skipIf(process.platform === 'win32')(
  'prints no sign of a file name that a terminal could take for more than text',
  async () => {
    const odd = 'dep\u001B]0;pwned\u0007\u001B[31m.mjs';
    const url = encodeURIComponent(odd);
    const rig = await Rig.start({
      needsPort: true,
      files: {
        'server.js': `import { version } from './${url}';
          console.log('version ' + version);
          setInterval(() => {}, 1000);`,
        [odd]: 'export const version = 1;',
      },
    });
    await rig.printed(/^version 1$/);
    rig.app.write(odd, 'export const version = 2;');
    await rig.printed(/^version 2$/);
    await rig.printed(/\[holdover\] dep.*\.mjs/);
    // oxlint-disable-next-line no-control-regex -- those are what is looked for
    expect(rig.running.output).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
  },
);

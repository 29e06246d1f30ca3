import { execFile, execFileSync } from 'node:child_process';
import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../../src/storage/files/owners.ts';
import { Watcher } from '../../src/watch/changes/watcher.ts';
import type { App } from '../support/app.ts';
import { childrenOf } from '../support/children.ts';
import { get } from '../support/clients.ts';
import { poll } from '../support/poll.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { Traffic } from '../support/traffic.ts';
import { untilHeld, Watched } from '../support/watched.ts';
import { Watching } from '../support/watching.ts';

/** A restart, by the line that tells of it. */
const RESTART = /^\S+ \[holdover\] .* {2}.*ms$/;

/** The plain app, held. */
async function begin(words?: string[], prepare?: (app: App) => void): Promise<Watching> {
  const watching = await Watching.begin(words, prepare);
  await watching.answers();
  await untilHeld(watching.running.pid, watching.app.port);
  return watching;
}

const countOf = ({ running }: Watching, text: RegExp): number =>
  running.output.match(new RegExp(text, 'gm'))?.length ?? 0;

/** Waits for the line of one more restart, and until nothing more comes of what was saved. */
async function settles(watching: Watching, path = 'sentinel.js'): Promise<void> {
  // What is saved last is told last: what was saved before has had its restarts by then.
  const { length } = watching.running.output;
  watching.app.write('version.js', `${watching.app.read('version.js')}// ${path}\n`);
  await watching.running.printed(/version\.js.* {2}.*ms$/m, length);
}

describe('a save', () => {
  it('during a restart is not lost, and nobody is refused', async () => {
    const watching = await begin();
    const { port } = watching.app;
    const traffic = new Traffic(() => get({ port }), { clients: 2, pause: 5 });
    // While the old process ends, while the new one starts, and when it listens.
    let version = 1;
    for (const pause of [0, 15, 60, 120, 250]) {
      watching.save(String(++version));
      await delay(pause);
      watching.save(String(++version));
      await watching.answers(String(version));
    }
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    expect(watching.running.output).not.toMatch(/exited with|was ended|was killed/);
  });

  it('that comes three times in 50 ms is one, and so is that of a formatter, twice within 20 ms', async () => {
    const watching = await begin();
    const { pid } = await watching.answers();
    let version = 1;
    const countRestarts = async (saves: number, pause: number): Promise<number> => {
      const before = countOf(watching, RESTART);
      for (let save = 1; save <= saves; save++) {
        watching.save(String(++version));
        await delay(pause);
      }
      await watching.answers(String(version));
      await poll(() => countOf(watching, RESTART) > before);
      return countOf(watching, RESTART) - before;
    };
    // On a busy machine more time may pass between them, so that they are more than one: they come again.
    await poll(async () => (await countRestarts(3, 15)) === 1);
    await poll(async () => (await countRestarts(2, 10)) === 1);
    expect((await watching.answers(String(version))).pid).not.toBe(pid);
  });

  it('is none where nothing changes, and one by another file that takes its name, or that moves it away first', async () => {
    const watching = await begin();
    const { app, running } = watching;
    const path = join(app.folder, 'version.js');
    const takeName = (version: string): void => {
      app.write('version.js.tmp', `export const version = '${version}';\n`);
      renameSync(`${path}.tmp`, path);
    };
    const moveAway = (version: string): void => {
      renameSync(path, `${path}~`); // as vim does
      watching.save(version);
    };
    const { pid } = await watching.answers();
    utimesSync(path, new Date(), new Date());
    watching.save('1', '');
    app.write('version.js', app.read('version.js'));
    app.write('copy.js', app.read('version.js'));
    renameSync(join(app.folder, 'copy.js'), path);
    await delay(100);
    expect((await watching.answers('1')).pid).toBe(pid);
    await settles(watching);
    expect(countOf(watching, RESTART)).toBe(1);

    // Each of them twice: what is watched may be the file that was there before.
    const ways = [takeName, takeName, moveAway, moveAway];
    for (const [index, save] of ways.entries()) {
      const { length } = running.output;
      const version = String(index + 2);
      save(version);
      await watching.answers(version);
      await running.printed(RESTART_LINE, length);
    }
    expect(countOf(watching, RESTART)).toBe(1 + ways.length);
  });

  it('by an editor that moves the old file away is noticed each time', async () => {
    const folder = createTempFolder();
    const paths = Array.from({ length: 30 }, (_, index) => join(folder, `file${index}.js`));
    for (const path of paths) writeFileSync(path, '0');
    const noticed = new Set<string>();
    const watcher = new Watcher(
      { root: folder, include: [], exclude: [], ignore: [] },
      {
        onBegin: () => {},
        onChange: (changed) => changed.forEach((path) => noticed.add(path)),
        onError: (error) => expect(error).toBeUndefined(),
      },
    );
    onTestFinished(() => watcher.close());
    watcher.add(paths, Date.now());
    // Another process, so that it is looked at the folder while a file is away.
    const code = `
      const fs = require('node:fs');
      for (const path of process.argv.slice(2)) {
        fs.renameSync(path, path + '~');
        fs.writeFileSync(path, process.argv[1]);
      }`;
    for (let round = 1; round <= 8; round++) {
      noticed.clear();
      await promisify(execFile)(process.execPath, ['-e', code, String(round), ...paths]);
      const missing = (): string[] => paths.filter((path) => !noticed.has(path));
      await poll(() => missing().length === 0, { within: 3000 }).catch(() => {});
      expect([round, missing()]).toEqual([round, []]);
      await delay(150); // chokidar tells of a deletion so much later
    }
  });

  it('of a file that only the new code imports is noticed, and so are those after it', async () => {
    const watching = await begin();
    const { pid: first } = await watching.answers();
    await poll(() => childrenOf(watching.running.pid).some((pid) => pid !== first));
    watching.app.write('extra.js', "export const extra = 'a';\n");
    watching.save('2', "import { extra } from './extra.js';\nexport { extra };\n");
    await watching.answers('2');
    for (const [index, extra] of ['b', 'c', 'd'].entries()) {
      const { pid } = await watching.answers('2');
      watching.app.write('extra.js', `export const extra = '${extra}';\n`);
      await poll(async () => {
        const answer = await watching.browser.json<{ pid: number }>('/');
        return answer !== undefined && answer.pid !== pid;
      });
      await poll(() => countOf(watching, /extra\.js/) === index + 1);
    }
  });

  it('of 200 files by git is one', async () => {
    const gitIn =
      ({ folder: cwd }: App) =>
      (...words: string[]) =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
          cwd,
          stdio: 'ignore',
        });
    // Before the app runs: it is to see what git writes, and nothing else.
    const watching = await begin(undefined, (app) => {
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
      const { length } = watching.running.output;
      gitIn(watching.app)('checkout', `v${version}`);
      await watching.answers(version);
      await watching.running.printed(/parts\/part\d+\.js and \d+ more {2}.*ms$/m, length);
      const since = watching.running.outputSince(length);
      expect(since.match(new RegExp(RESTART, 'gm'))).toHaveLength(1);
    }
  });
});

const RESTART_LINE = new RegExp(RESTART, 'm');

describe('an app', () => {
  it('with a syntax error goes on after its fix, with the same address', async () => {
    const watching = await begin();
    const { port } = watching.app;
    for (const version of ['2', '3']) {
      watching.app.write('version.js', 'export const version = ;\n');
      await watching.running.printed(/SyntaxError/);
      await watching.running.printed(/exited with code 1/);
      watching.save(version);
      await watching.answers(version);
      expect((await get({ port })).status).toBe(200);
      await untilHeld(watching.running.pid, port);
    }
  });

  it('that ignores SIGTERM is killed when its grace is over, whatever is saved meanwhile', async () => {
    const watching = await begin(['--grace', '3s', 'server.js']);
    watching.save(
      '2',
      "process.on('SIGTERM', () => console.log('ignored'));\nsetInterval(() => {}, 1000);\n",
    );
    const { pid } = await watching.answers('2');
    await untilHeld(watching.running.pid, watching.app.port);
    for (const version of ['3', '4', '5']) {
      watching.save(version);
      await delay(50);
    }
    await watching.answers('5');
    expect(isAlive(pid)).toBe(false);
    expect(countOf(watching, /^ignored/)).toBe(1);
    expect(countOf(watching, /did not end within 3,000 ms and was killed/)).toBe(1);
  });

  it('that ends by itself is started again by the next save', async () => {
    const watching = await begin();
    const end = "setInterval(() => existsSync('is-over') && process.exit(0), 20);";
    watching.save('2', `import { existsSync } from 'node:fs';\n${end}\n`);
    await watching.answers('2');
    watching.app.write('is-over', '');
    await watching.running.printed('The app has ended; waiting for a change.');
    watching.save('3');
    await watching.answers('3');
    watching.save('4', "setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);\n");
    await watching.running.printed('The app was ended by SIGKILL');
    watching.save('5');
    await watching.answers('5');
  });

  it('that never listens restarts, without and with a standby', async () => {
    const code = (version: string): string =>
      `process.on('exit', () => console.log('exit ${version}'));
       process.on('SIGTERM', () => process.exit());
       console.log('runs ${version} ' + process.pid);
       setInterval(() => {}, 1000);\n`;
    const watched = await Watched.begin({ files: { 'server.js': code('1') } });
    await watched.printed(/^runs 1/);
    watched.app.write('server.js', code('2'));
    await watched.printed(/^runs 2/);
    await watched.printed(/\[holdover\] server\.js$/); // for long enough
    watched.app.write('server.js', code('3'));
    await watched.printed(/^runs 3/);
    expect(watched.count(/^exit [12]/)).toBe(2);
    expect(watched.running.output).not.toMatch(/was killed|held/);
  });

  it('that listens late, after a second or three, lets its clients wait', async () => {
    const watching = await begin();
    const { port } = watching.app;
    for (const [version, pause] of [
      ['2', 1000],
      ['3', 2600],
    ]) {
      const { length } = watching.running.output;
      watching.save(`${version}`, `await new Promise((done) => setTimeout(done, ${pause}));\n`);
      const traffic = new Traffic(() => get({ port }), { clients: 3 });
      await watching.answers(`${version}`);
      await traffic.stop();
      expect(traffic.errors).toEqual([]);
      await watching.running.printed(/version\.js {2}(\d+ requests? held · )?[\d,]+ ms$/m, length);
      expect(watching.running.outputSince(length).match(/version\.js/g)).toHaveLength(1);
    }
    watching.save('4');
    await watching.answers('4');
  });
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
    const watching = await begin(['--verbose', 'server.js']);
    const { port } = watching.app;
    const { pid } = await watching.answers();
    watching.save('2', SLOW_START);
    await poll(() => !isAlive(pid));
    const agent = new Agent();
    const waiting = Array.from({ length: 3 }, () => get({ port, agent }));
    const isAsking = ({ connecting, bytesWritten }: Socket): boolean =>
      !connecting && bytesWritten > 0;
    const sockets = (): Socket[] => Object.values(agent.sockets).flatMap((some) => some ?? []);
    await poll(() => sockets().filter(isAsking).length === 3);
    watching.app.write('all-have-asked', '');
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    // How many of them are accepted at once is up to the machine.
    await watching.running.printed(/version\.js {2}[123] requests? held · [\d,]+ ms$/m);
    const line =
      /\[holdover\] drain ([\d,]+) ms · exit ([\d,]+) ms · wait ([\d,]+) ms · (?:start ([\d,]+) ms · )?entry ([\d,]+) ms$/m;
    await watching.running.printed(line);
    const [, total = ''] = /held · ([\d,]+) ms/.exec(watching.running.output) ?? [];
    const phases =
      line
        .exec(watching.running.output)
        ?.slice(1)
        .map((part) => Number(part?.replace(',', '') ?? 0)) ?? [];
    const sum = phases.reduce((all, part) => all + part, 0);
    expect(Math.abs(sum - Number(total.replace(',', '')))).toBeLessThan(60);
    expect(phases.at(-1)).toBeGreaterThanOrEqual(990);
  });
});

it.skipIf(process.platform === 'win32')(
  'prints no sign of a file name that a terminal could take for more than text',
  async () => {
    const odd = 'dep\u001B]0;pwned\u0007\u001B[31m.mjs';
    const url = encodeURIComponent(odd);
    const watched = await Watched.begin({
      files: {
        'server.js': `import { version } from './${url}';
          console.log('version ' + version);
          setInterval(() => {}, 1000);`,
        [odd]: 'export const version = 1;',
      },
    });
    await watched.printed(/^version 1$/);
    watched.app.write(odd, 'export const version = 2;');
    await watched.printed(/^version 2$/);
    await watched.printed(/\[holdover\] dep.*\.mjs/);
    // oxlint-disable-next-line no-control-regex -- those are what is looked for
    expect(watched.running.output).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
  },
);

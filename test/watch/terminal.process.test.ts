import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../support/depth.ts';
import { CLI } from '../support/tools.ts';
import { createApp, type App } from '../support/app.ts';
import { childrenOf } from '../support/children.ts';
import { poll } from '../support/poll.ts';
import type { Running } from '../support/running.ts';
import { hasTerminals, startInTerminal } from '../support/terminal.ts';

/** Says what `stty` says, listens, and reads its terminal when it says so. */
const APP = `
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { start } from './start.js';
const stdio = ['inherit', 'pipe', 'inherit'];
console.log('pid ' + process.pid);
console.log('mode ' + /-?\\bicanon/.exec(String(execFileSync('stty', ['-a'], { stdio }))));
const read = () => createInterface({ input: process.stdin, terminal: false })
  .on('line', (line) => console.log('read <' + line + '>'));
start(read);
createServer().listen(0, () => console.log('listening'));
`;

/** Leaves the terminal to a process that it starts. */
const AS_A_PROCESS = `
import { spawn } from 'node:child_process';
export const start = () => {
  const sed = spawn('sed', ['-u', 's/^/of sed /'], { stdio: 'inherit' });
  process.on('SIGTERM', () => sed.once('exit', process.exit).kill());
};
`;

async function begin(start: string, words: string[] = []): Promise<{ app: App; running: Running }> {
  const app = await createApp();
  app.write('package.json', '{ "name": "terminal", "type": "module" }');
  app.write('app.js', APP);
  app.write('start.js', start);
  const running = startInTerminal([CLI, 'watch', ...words, 'app.js'], { cwd: app.folder });
  await printed(running, /^listening/);
  return { app, running };
}

const count = ({ output }: Running, text: RegExp): number =>
  [...output.matchAll(new RegExp(text, 'gm'))].length;

async function printed(running: Running, text: RegExp, times = 1): Promise<void> {
  await poll(() => count(running, text) >= times).catch((cause: Error) => {
    throw new Error(`${text} was not printed ${times} times:\n${running.output}`, { cause });
  });
}

/**
 * Types lines, every third one an empty one, each when the last was read: what the terminal shows of a line
 * would be mixed with what is printed of another.
 */
async function typeLines(running: Running, from: number, read: RegExp): Promise<void> {
  const times = count(running, read);
  for (let i = 0; i < 12; i++) {
    running.type(i % 3 === 2 ? '\r' : `line ${from + i}\r`);
    await printed(running, read, times + i + 1);
  }
}

/** Presses Enter, which restarts the app as soon as it has started. */
async function enter(running: Running): Promise<void> {
  const times = count(running, /^listening/) + 1;
  running.type('\r');
  await printed(running, /^listening/, times);
  await printed(running, /\[holdover\] Enter/, times - 1);
}

describe.runIf(hasTerminals)('in a terminal', () => {
  it('an app that reads it gets every line, Enter too, in one run after the other', async () => {
    const { app, running } = await begin('export const start = (read) => read();');
    for (let run = 0; run < 4; run++) {
      await typeLines(running, run * 12, /^read </);
      app.write('start.js', `export const start = (read) => read(); // ${run}`);
      await printed(running, /^listening/, run + 2);
    }
    const read = [...running.output.matchAll(/^read <(.*)>/gm)].map(([, line]) => line);
    const typed = Array.from({ length: 48 }, (_, i) => (i % 3 === 2 ? '' : `line ${i}`));
    expect(read).toEqual(typed);
    expect(running.output).not.toContain('Enter');
  });

  it('Enter restarts an app that does not read it, f + Enter forgets first, until it does', async () => {
    const { app, running } = await begin(
      `import process, { stdin } from 'node:process';
import { preserve } from 'holdover';
const runs = preserve('runs', () => ({ count: 0 }));
console.log('run ' + ++runs.count);
export const start = (read) => { if (stdin.isTTY) process.on('SIGUSR2', read); };`,
    );
    await enter(running);
    await enter(running);
    expect(count(running, /Enter {2}1 value held over · \d/)).toBe(2);
    running.type('f\r');
    await printed(running, /\[holdover\] kept values forgotten {2}\d/);
    expect(running.output.match(/^run \d/gm)).toEqual(['run 1', 'run 2', 'run 3', 'run 1']);
    running.type('early\r');
    process.kill(
      Number(
        running.output
          .match(/^pid \d+/gm)
          ?.at(-1)
          ?.slice(4),
      ),
      'SIGUSR2',
    );
    running.type('late\r');
    running.type('\r');
    await printed(running, /^read <>/);
    expect(running.output.match(/^read <.*>/gm)).toEqual([
      'read <early>',
      'read <late>',
      'read <>',
    ]);
    app.write('start.js', `export const start = () => process.exit();`);
    await printed(running, /The app has ended/);
    app.write('start.js', AS_A_PROCESS);
    expect(count(running, /\[holdover\] Enter/)).toBe(2);
    await printed(running, /^listening/, 5);
    await typeLines(running, 20, /^of sed /);
    app.write('start.js', `export const start = () => setTimeout(process.exit, 100);`);
    await printed(running, /The app has ended/, 2);
    app.write('start.js', 'export const start = () => process.exit();');
    await printed(running, /The app has ended/, 3);
    expect(count(running, /\[holdover\] Enter/)).toBe(2);
    running.type('\r');
    await printed(running, /The app has ended/, 4);
  });

  it.runIf(IS_LONG)(
    'the mode is what it was when an app is killed that has changed it',
    async () => {
      const { app, running } = await begin(
        `export const start = () => { process.stdin.setRawMode(true).resume(); process.on('SIGTERM', () => {}); };`,
        ['--grace', '100ms'],
      );
      app.write('start.js', 'export const start = () => {};');
      await printed(running, /^listening/, 2);
      expect(running.output).toContain('was killed');
      expect(running.output.match(/^mode \S+/gm)).toEqual(['mode icanon', 'mode icanon']);
    },
  );

  it('Ctrl-C ends it, whatever happens at that moment', async () => {
    for (const after of [0, 1, 2, 3]) {
      const { app, running } = await begin('export const start = () => {};');
      if (after > 0) app.write('start.js', `export const start = () => {}; // ${after}`);
      if (after > 1) await poll(() => childrenOf(running.pid).length > 0);
      if (after > 2) await printed(running, /^mode/, 2);
      running.type('\x03');
      expect(await running.exited).toEqual({ code: 130, signal: null });
    }
  });
});

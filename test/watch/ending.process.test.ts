import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { poll } from '../support/poll.ts';
import { isAlive } from '../support/children.ts';
import { answersVersion, saveVersion, startPlain } from './plain.ts';

/** An app that says when it is asked to end and takes its time. */
const slowEnd = (milliseconds: number): string =>
  `process.on('SIGTERM', () => {
    console.log('asked to end');
    setTimeout(() => { console.log('has ended'); process.exit(0); }, ${milliseconds});
  });\n`;

describe('the end of an app under holdover watch', () => {
  it('has its grace, which a second save does not shorten', async () => {
    const rig = await startPlain();
    await answersVersion(rig);
    saveVersion(rig, '2', slowEnd(1500));
    await answersVersion(rig, '2');
    saveVersion(rig, '3');
    await rig.running.printed('asked to end');
    for (const version of ['4', '5', '6']) saveVersion(rig, version);
    await answersVersion(rig, '6');
    expect(rig.running.output).toContain('has ended');
    expect(rig.running.output.match(/asked to end/g)).toHaveLength(1);
  });

  it('gives its exit code to holdover', async () => {
    const rig = await startPlain({
      prepare: (app) =>
        app.write(
          'version.js',
          "process.on('SIGINT', () => process.exit(7));\nexport const version = '1';\n",
        ),
    });
    await answersVersion(rig);
    rig.running.kill('SIGINT');
    expect(await rig.running.exited).toEqual({ code: 7, signal: null });
  });

  it('by a signal gives 128 and its number', async () => {
    const rig = await startPlain();
    const { pid } = await answersVersion(rig);
    rig.running.kill('SIGINT');
    expect((await rig.running.exited).code).toBe(130);
    expect(isAlive(pid)).toBe(false);
  });

  it('is asked for by the first Ctrl-C and forced by the second', async () => {
    const rig = await startPlain({ words: ['--grace', '1m', 'server.js'] });
    await answersVersion(rig);
    saveVersion(rig, '2', "process.on('SIGINT', () => console.log('not yet'));\n");
    const { pid } = await answersVersion(rig, '2');
    rig.running.kill('SIGINT');
    await rig.running.printed('not yet');
    expect(isAlive(pid)).toBe(true);
    rig.running.kill('SIGINT');
    expect((await rig.running.exited).code).toBe(137);
    expect(isAlive(pid)).toBe(false);
  });

  it('comes when holdover is killed while the app waits for what it will not say', async () => {
    const rig = await startPlain({
      prepare: (app) =>
        app.write(
          'version.js',
          `import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
export const version = '1';
process.on('SIGUSR2', () => {
  const server = createServer().listen(0, () => {
    process.send({ from: 'app' }, server, () => writeFileSync('sent', '')); // Node waits for an acknowledgement
  });
});
`,
        ),
    });
    const { pid } = await answersVersion(rig);
    await rig.holds();
    rig.running.kill('SIGSTOP'); // it acknowledges nothing
    process.kill(pid, 'SIGUSR2');
    await poll(() => existsSync(join(rig.app.folder, 'sent'))); // what it prints is not passed on
    rig.running.kill('SIGKILL');
    await poll(() => !isAlive(pid));
  });
});

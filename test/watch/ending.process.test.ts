import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../src/storage/files/owners.ts';
import { poll } from '../support/poll.ts';
import { untilHeld } from '../support/watched.ts';
import { Watching } from '../support/watching.ts';

/** An app that says when it is asked to end and takes its time. */
const slowEnd = (milliseconds: number): string =>
  `process.on('SIGTERM', () => {
    console.log('asked to end');
    setTimeout(() => { console.log('has ended'); process.exit(0); }, ${milliseconds});
  });\n`;

describe('the end of an app under holdover watch', () => {
  it('has its grace, which a second save does not shorten', async () => {
    const watching = await Watching.begin();
    await watching.answers();
    watching.save('2', slowEnd(1500));
    await watching.answers('2');
    watching.save('3');
    await watching.running.printed('asked to end');
    for (const version of ['4', '5', '6']) watching.save(version);
    await watching.answers('6');
    expect(watching.running.output).toContain('has ended');
    expect(watching.running.output.match(/asked to end/g)).toHaveLength(1);
  });

  it('gives its exit code to holdover', async () => {
    const watching = await Watching.begin(['--no-standby', 'server.js'], (app) =>
      app.write(
        'version.js',
        "process.on('SIGINT', () => process.exit(7));\nexport const version = '1';\n",
      ),
    );
    await watching.answers();
    watching.running.kill('SIGINT');
    expect(await watching.running.exited).toEqual({ code: 7, signal: null });
  });

  it('by a signal gives 128 and its number', async () => {
    const watching = await Watching.begin(['--no-standby', 'server.js']);
    const { pid } = await watching.answers();
    watching.running.kill('SIGINT');
    expect((await watching.running.exited).code).toBe(130);
    expect(isAlive(pid)).toBe(false);
  });

  it('is asked for by the first Ctrl-C and forced by the second', async () => {
    const watching = await Watching.begin(['--grace', '1m', 'server.js']);
    await watching.answers();
    watching.save('2', "process.on('SIGINT', () => console.log('not yet'));\n");
    const { pid } = await watching.answers('2');
    watching.running.kill('SIGINT');
    await watching.running.printed('not yet');
    expect(isAlive(pid)).toBe(true);
    watching.running.kill('SIGINT');
    expect((await watching.running.exited).code).toBe(137);
    expect(isAlive(pid)).toBe(false);
  });

  it('comes when holdover is killed while the app waits for what it will not say', async () => {
    const watching = await Watching.begin(['server.js'], (app) =>
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
    );
    const { pid } = await watching.answers();
    await untilHeld(watching.running.pid, watching.app.port);
    watching.running.kill('SIGSTOP'); // it acknowledges nothing
    process.kill(pid, 'SIGUSR2');
    await poll(() => existsSync(join(watching.app.folder, 'sent'))); // what it prints is not passed on
    watching.running.kill('SIGKILL');
    await poll(() => !isAlive(pid));
  });
});

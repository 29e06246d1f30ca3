import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../src/storage/files/owners.ts';
import { becomesCalm } from '../support/calm.ts';
import { childrenOf } from '../support/children.ts';
import { poll } from '../support/poll.ts';
import { Watched } from '../support/watched.ts';

const SERVER = `
  import { createServer } from 'node:http';
  import { version } from './version.js';
  createServer((_, response) => response.end(version))
    .listen(process.env.PORT, () => console.log('version ' + version + ' is ' + process.pid + ';'));
`;

const toVersion = (version: number): string => `export const version = '${version}';\n`;

const begin = (): Promise<Watched> =>
  Watched.begin({ files: { 'server.js': SERVER, 'version.js': toVersion(1) } });

/** The process that runs the app, once it has said that it runs a version. */
async function runs(watched: Watched, version: number): Promise<number> {
  const said = new RegExp(`^version ${version} is (\\d+);`, 'm');
  await watched.printed(said);
  return Number(said.exec(watched.running.output)?.[1]);
}

/** The processes that the supervisor has started, without those named. */
const othersOf = ({ running }: Watched, ...pids: number[]): number[] =>
  childrenOf(running.pid).filter((child) => !pids.includes(child));

/** Stops the standby, so that it hears nothing, and waits until the app has ended after a save. */
async function deafenAndSave(watched: Watched, version: number, app: number): Promise<number> {
  const standby = await poll(() => othersOf(watched, app)[0]);
  await becomesCalm(standby); // while a process is being started, its parent would wait for it
  process.kill(standby, 'SIGSTOP');
  watched.app.write('version.js', toVersion(version));
  await poll(() => !isAlive(app));
  return standby;
}

/** Whether the app is handed over by then is not to be seen from outside, so each round kills later. */
const KILLED_AFTER_MS = [0, 20, 100, 500];

// Only Linux tells whether a process is calm.
describe.runIf(process.platform === 'linux')('a standby that is killed before it runs', () => {
  it('is replaced, and the save is not lost', async () => {
    const watched = await begin();
    let [version, app] = [1, await runs(watched, 1)];
    for (const milliseconds of KILLED_AFTER_MS) {
      version++;
      const standby = await deafenAndSave(watched, version, app);
      await delay(milliseconds);
      process.kill(standby, 'SIGKILL');
      app = await runs(watched, version);
      expect(app).not.toBe(standby);
      await watched.printed(/\[holdover\] version\.js /, version - 1);
    }
    expect(watched.running.output).not.toContain('was ended by');
  });

  it('is replaced once: a second end is told, and the next save starts the app', async () => {
    const watched = await begin();
    const app = await runs(watched, 1);
    await deafenAndSave(watched, 2, app);
    const isTold = (): boolean => watched.count(/The app was ended by SIGKILL/) > 0;
    await poll(() => {
      for (const pid of isTold() ? [] : othersOf(watched, app)) process.kill(pid, 'SIGKILL');
      return isTold();
    });
    watched.app.write('version.js', toVersion(3));
    await runs(watched, 3);
    expect(watched.count(/was ended by SIGKILL/)).toBe(1);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { childrenOf, isAlive } from '../support/children.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';

const SERVER = `
  import { createServer } from 'node:http';
  import { version } from './version.js';
  createServer((_, response) => response.end(version))
    .listen(process.env.PORT, () => console.log('version ' + version + ' is ' + process.pid + ';'));
`;

const toVersion = (version: number): string => `export const version = '${version}';\n`;

const begin = (): Promise<Rig> =>
  Rig.start({
    needsPort: true,
    hasStandby: true,
    files: { 'server.js': SERVER, 'version.js': toVersion(1) },
  });

/** The process that runs the app, once it has said that it runs a version. */
async function runs(rig: Rig, version: number): Promise<number> {
  const said = new RegExp(`^version ${version} is (\\d+);`, 'm');
  await rig.printed(said);
  return Number(said.exec(rig.running.output)?.[1]);
}

/** The processes that the supervisor has started, without those named. */
const othersOf = ({ running }: Rig, ...pids: number[]): number[] =>
  childrenOf(running.pid).filter((child) => !pids.includes(child));

/** Stops the standby, so that it hears nothing, and waits until the app has ended after a save. */
async function deafenAndSave(rig: Rig, version: number, app: number): Promise<number> {
  const standby = await rig.standsBy(app); // while a process is being started, its parent would wait for it
  process.kill(standby, 'SIGSTOP');
  rig.app.write('version.js', toVersion(version));
  await poll(() => !isAlive(app));
  return standby;
}

/** Whether the app is handed over by then is not to be seen from outside, so each round kills later. */
const KILLED_AFTER_MS = [0, 20, 100, 500];

describe.skipIf(process.platform === 'win32')('a standby that is killed before it runs', () => {
  it('is replaced, and the save is not lost', async () => {
    const rig = await begin();
    let [version, app] = [1, await runs(rig, 1)];
    for (const milliseconds of KILLED_AFTER_MS) {
      version++;
      const standby = await deafenAndSave(rig, version, app);
      await delay(milliseconds);
      process.kill(standby, 'SIGKILL');
      app = await runs(rig, version);
      expect(app).not.toBe(standby);
      await rig.printed(/\[holdover\] version\.js /, version - 1);
    }
    expect(rig.running.output).not.toContain('was ended by');
  });

  it('is replaced once: a second end is told, and the next save starts the app', async () => {
    const rig = await begin();
    const app = await runs(rig, 1);
    await deafenAndSave(rig, 2, app);
    const isTold = (): boolean => rig.count(/The app was ended by SIGKILL/) > 0;
    await poll(() => {
      for (const pid of isTold() ? [] : othersOf(rig, app)) process.kill(pid, 'SIGKILL');
      return isTold();
    });
    rig.app.write('version.js', toVersion(3));
    await runs(rig, 3);
    expect(rig.count(/was ended by SIGKILL/)).toBe(1);
  });
});

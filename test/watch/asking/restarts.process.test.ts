import { describe, expect, it } from 'vitest';
import { ask, findRunningApps } from '../../../src/asking/ask.ts';
import type { Crash } from '../../../src/asking/crash.ts';
import type { Status } from '../../../src/asking/status.ts';
import type { Restart } from '../../../src/asking/restart.ts';
import { Restarts } from '../../../src/asking/restarts.ts';
import { poll } from '../../support/poll.ts';
import { answersVersion, saveVersion, startPlain } from '../plain.ts';

const NOTHING = { requests: 0, sessions: 0, values: 0, clients: 0 };

describe('restarts of an app under holdover watch', () => {
  it('are remembered as they are told, with crashes, and answered to who asks', async () => {
    const rig = await startPlain({ words: ['--verbose', 'server.js'] });
    const { folder } = rig.app;
    const question = async <T>(text: string): Promise<T> => {
      const [app] = findRunningApps(folder);
      if (!app) throw new Error('No app is found.');
      return (await ask(app, text)) as T;
    };
    const restarts = async (since = 0): Promise<Restart[]> =>
      (await question<{ restarts: Restart[] }>(`restarts ${since}`)).restarts;
    const next = async (number: number): Promise<Restart> => {
      const found = await poll(async () => {
        const all = await restarts(number - 1);
        return all.length > 0 ? all : undefined;
      });
      expect(found.map((one) => one.number)).toEqual([number]);
      return found[0] as Restart;
    };
    const status = (): Promise<Status> => question('status');

    await answersVersion(rig, '1');
    const running = { isRunning: true, url: rig.url, host: 'watch' };
    await poll(async () => (await status()).url !== null); // it is told a moment after it listens
    expect(await status()).toEqual(running);
    expect(await restarts()).toEqual([]);

    const saved = Date.now();
    saveVersion(rig, '2');
    await answersVersion(rig, '2');
    const first = await next(1);
    expect(first).toMatchObject({
      paths: ['version.js'],
      reason: null,
      kind: 'restart',
      crash: null,
    });
    expect(first.at).toBeGreaterThanOrEqual(saved);
    const names = first.phases.map(([name]) => name);
    expect(names.at(-1)).toBe('entry');
    const sum = first.phases.reduce((total, [, time]) => total + time, 0);
    expect(first.duration).toBe(sum);
    // The terminal and the record say the same.
    const line = first.phases.map(([name, time]) => `${name} ${time} ms`).join(' · ');
    const output = (): string => rig.running.output.replaceAll(',', '');
    const { requests, duration } = first;
    const held = requests === 0 ? '' : `${requests} request${requests === 1 ? '' : 's'} held · `;
    await poll(() => output().includes(`version.js  ${held}${duration} ms`));
    await poll(() => output().includes(line));

    saveVersion(rig, '3', 'throw new Error("of the test");');
    const crash = await next(2);
    expect(crash).toMatchObject({ ...NOTHING, paths: ['version.js'], kind: 'crash' });
    expect([crash.duration, crash.crash]).toEqual([null, 'The app exited with code 1']);
    const described = await question<{ crash: Crash }>('crash 2');
    expect(described.crash.error?.message).toBe('of the test');
    expect(described.crash.excerpt?.lines.find((each) => each.isMarked)?.text).toContain('throw');
    expect(await question('crash 1')).toEqual({ crash: null });
    expect(await status()).toEqual({ ...running, isRunning: false });
    await expect(question('cookie {"namespace":"a","id":"b"}')).rejects.toThrow('does not run now');

    saveVersion(rig, '4');
    const { pid } = await answersVersion(rig, '4');
    expect(await next(3)).toMatchObject({ kind: 'restart', paths: ['version.js'], crash: null });
    expect(await status()).toEqual(running);

    process.kill(pid, 'SIGKILL');
    const killed = await next(4);
    expect(killed).toMatchObject({ kind: 'crash', paths: [], reason: null, phases: [] });
    expect(killed.crash).toBe('The app was ended by SIGKILL');

    rig.running.type('\n');
    expect(await next(5)).toMatchObject({ kind: 'restart', paths: [], reason: 'Enter' });
    expect((await restarts(3)).map(({ number }) => number)).toEqual([4, 5]);
    await expect(question('restarts x')).rejects.toThrow('the question needs a number');
    await expect(question('open')).rejects.toThrow('does not know the question');
  });

  it('are forgotten after 200, and what was said of a crash after 20', () => {
    const restarts = new Restarts();
    const restart = { at: 1, paths: [], reason: null, kind: 'crash' as const, duration: null };
    for (let i = 1; i <= 230; i++) {
      const crash = { title: `crash ${i}`, causes: [], changed: [], keepsSessions: true };
      restarts.add({ ...restart, ...NOTHING, phases: [] }, crash);
    }
    const all = restarts.since(0);
    expect([all.length, all[0]?.number, all.at(-1)?.number]).toEqual([200, 31, 230]);
    expect(restarts.since(228).map(({ crash }) => crash)).toEqual(['crash 229', 'crash 230']);
    expect([restarts.crash(210), restarts.crash(211)?.title]).toEqual([null, 'crash 211']);
  });
});

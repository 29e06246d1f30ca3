import { describe, expect, it } from 'vitest';
import type { Restart } from '../../src/asking/restart.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import { answersVersion, saveVersion, startPlain } from './plain.ts';

const ADDRESS = /Inspector: (http:\/\/localhost:\d+\/__holdover\/\?token=\S+)/;

describe('holdover watch --ui', () => {
  it('prints once where the inspector is, which stays there over restarts and ends with it', async () => {
    const rig = await startPlain({ words: ['--ui', 'server.js'] });
    const { running } = rig;
    await running.printed(ADDRESS);
    const addresses = (): string[] =>
      [...running.output.matchAll(new RegExp(ADDRESS, 'g'))].map(([, url = '']) => url);
    const [address = ''] = addresses();
    expect(new URL(address).port).not.toBe(String(await rig.listens()));

    const visit = await fetch(address, { redirect: 'manual' });
    const cookie = visit.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const page = await (await fetch(new URL('.', address), { headers: { cookie } })).text();
    const [, token = ''] = /name="holdover-token" content="([^"]+)"/.exec(page) ?? [];
    const call = async <T>(path: string): Promise<T> => {
      const headers = { cookie, 'x-holdover-token': token };
      return (await (await fetch(new URL(`api/${path}`, address), { headers })).json()) as T;
    };

    await answersVersion(rig, '1');
    expect(await call('restarts')).toEqual({ restarts: [] });
    expect(await call('overview')).toMatchObject({ host: 'watch', apps: [{ isRunning: true }] });
    saveVersion(rig, '2');
    await answersVersion(rig, '2');
    const restarts = await poll(async () => {
      const told = await call<{ restarts: Restart[] }>('restarts');
      return told.restarts.length > 0 ? told.restarts : undefined;
    });
    expect(restarts).toMatchObject([{ number: 1, paths: ['version.js'], kind: 'restart' }]);
    expect(addresses()).toEqual([address]);

    running.kill('SIGTERM');
    await running.exited;
    await expect(fetch(address)).rejects.toThrow('fetch failed');
  });

  it('is off in production, and says so', async () => {
    const rig = await Rig.start({
      needsPort: true,
      files: { 'server.js': "console.log('begun'); setInterval(() => {}, 1000);" },
      words: ['--ui', 'server.js'],
      env: { NODE_ENV: 'production' },
    });
    await rig.printed(/NODE_ENV is production, and the inspector is for development only/);
    await rig.printed(/^begun/);
    expect(rig.running.output).not.toMatch(ADDRESS);
  });
});

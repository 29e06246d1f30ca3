import { describe, expect, it } from 'vitest';
import type { Restart } from '../../src/care/running/restart.ts';
import { poll } from '../support/poll.ts';
import { Watched } from '../support/watched.ts';
import { Watching } from '../support/watching.ts';

const ADDRESS = /Inspector: (http:\/\/localhost:\d+\/__holdover\/\?token=\S+)/;

describe('holdover watch --ui', () => {
  it('prints once where the inspector is, which stays there over restarts and ends with it', async () => {
    const watching = await Watching.begin(['--ui', 'server.js']);
    const { running, app } = watching;
    await running.printed(ADDRESS);
    const addresses = (): string[] =>
      [...running.output.matchAll(new RegExp(ADDRESS, 'g'))].map(([, url = '']) => url);
    const [address = ''] = addresses();
    expect(new URL(address).port).not.toBe(String(app.port));

    const visit = await fetch(address, { redirect: 'manual' });
    const cookie = visit.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const page = await (await fetch(new URL('.', address), { headers: { cookie } })).text();
    const [, token = ''] = /name="holdover-token" content="([^"]+)"/.exec(page) ?? [];
    const call = async <T>(path: string): Promise<T> => {
      const headers = { cookie, 'x-holdover-token': token };
      return (await (await fetch(new URL(`api/${path}`, address), { headers })).json()) as T;
    };

    await watching.answers('1');
    expect(await call('restarts')).toEqual({ restarts: [] });
    expect(await call('overview')).toMatchObject({ host: 'watch', apps: [{ isRunning: true }] });
    watching.save('2');
    await watching.answers('2');
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
    const watched = await Watched.begin({
      files: { 'server.js': "console.log('begun'); setInterval(() => {}, 1000);" },
      words: ['--ui', '--no-standby', 'server.js'],
      env: { NODE_ENV: 'production' },
    });
    await watched.printed(/NODE_ENV is production, and the inspector is for development only/);
    await watched.printed(/^begun/);
    expect(watched.running.output).not.toMatch(ADDRESS);
  });
});

import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject, toPreload } from '../support/care-project.ts';
import { share } from '../support/lifetime.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { answers, beginCase, describeOtherEnds } from './why-causes.ts';

describeWithRedis('holdover why, of an app on Redis', () => {
  describeOtherEnds(share(() => beginCase('redis')));
});

it('reads its history seldom under traffic, and not for requests without an id', async () => {
  const project = await CareProject.begin('filesystem');
  const counter = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { readFileSync } = fs;
    let reads = 0;
    fs.readFileSync = (path, ...rest) => {
      if (String(path).endsWith('.jsonl')) reads++;
      return readFileSync(path, ...rest);
    };
    syncBuiltinESMExports();
    process.on('SIGUSR2', () => console.log('reads: ' + reads + ';'));`;
  const app = await CareApp.start(project, toExpressApp(), toPreload(counter));
  await app.browser.json('/login', { method: 'POST' });
  const request = async (headers: Record<string, string>, since: number): Promise<number> => {
    const from = performance.now();
    for (let n = 0; n < 400 || performance.now() - from < 2500; n++) {
      const cookie = headers.cookie?.replace('N', String(n));
      await new Browser(project.app.url).request('/me', { headers: cookie ? { cookie } : {} });
    }
    const seconds = (performance.now() - from) / 1000;
    const { length } = app.running.output;
    app.running.kill('SIGUSR2');
    await app.running.printed(/reads: \d+;/, length);
    const reads = Number(/reads: (\d+);/.exec(app.running.outputSince(length))?.[1]);
    expect(reads - since).toBeLessThanOrEqual(Math.ceil(seconds) + 2);
    return reads;
  };
  const reads = await request({}, 0);
  expect(reads).toBe(0);
  const refused = 'connect.sid=s%3Aan-id-N.c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXI';
  expect(await request({ cookie: refused }, reads)).toBeGreaterThan(0);
  await answers(project, /^`GET \/me` came with a cookie connect\.sid of another app/);
});

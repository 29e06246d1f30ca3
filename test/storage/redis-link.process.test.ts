import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RedisClient } from '../../src/storage/redis/client.ts';
import { RedisLink } from '../../src/storage/redis/link/link.ts';
import { RedisOutage } from '../../src/storage/redis/link/outage.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';

const HOUR = 60 * 60 * 1000;
const TIMEOUT = 500;

/** Keeps this process from everything else. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const BLOCK = 'const end = performance.now() + 1000; while (performance.now() < end);';

describeWithRedis('an app that is busy for long when it starts', () => {
  it('stores the first login', async () => {
    const project = await CareProject.begin('redis', openRedisDatabase());
    const imports = "import { createStore } from 'holdover/express';";
    const app = await CareApp.start(project, toExpressApp('store: createStore(),', BLOCK, imports));
    const answer = await app.browser.request('/login', { method: 'POST' });
    expect(answer.status).toBe(200);
    const { id } = (await answer.json()) as { id: string };
    expect(project.redis?.cli('KEYS', '*')).toContain(`:${id}`);
    expect(app.running.output).not.toContain('out of reach');
  });

  it('stores at once, after one long pause and after several', async () => {
    const { url } = openRedisDatabase();
    for (const times of [1, 4]) {
      const said: string[] = [];
      const redis = { url, timeout: TIMEOUT + times / 1000 };
      const storage = openRedisStorage({ redis, log: (message) => said.push(message) });
      for (let blocked = 0; blocked < times; blocked++) {
        block(1000);
        await pause();
      }
      expect(await storage.set(`a-${times}`, 'text', HOUR)).toBe(true);
      expect(said).toEqual([]);
    }
  });

  it("waits for a client of the app's own that is being connected", async () => {
    const client = createClient({ url: openRedisDatabase().url });
    onTestFinished(() => client.destroy());
    const connected = client.connect();
    const said: string[] = [];
    const storage = openRedisStorage({ redis: client, log: (message) => said.push(message) });
    block(1000);
    expect(await storage.set('a', 'text', HOUR)).toBe(true);
    expect(said).toEqual([]);
    await connected;
  });
});

describe('the way to Redis', () => {
  afterEach(() => vi.useRealTimers());

  const never = new Promise<never>(() => {});

  /** A client whose answers a test gives. */
  function createFake(answer: () => Promise<unknown>): RedisClient & { isLost: boolean } {
    const fake = {
      isLost: false,
      send: answer,
      masters: async () => [answer],
      isCluster: false,
      isReady: () => !fake.isLost,
      destroy: () => {},
    };
    return fake;
  }

  function createLink(open: () => Promise<RedisClient>) {
    vi.useFakeTimers();
    const said: string[] = [];
    const outage = new RedisOutage('redis://host:1', (message) => said.push(message));
    const link = new RedisLink({ open, timeout: TIMEOUT, outage });
    /** Makes a call, and gives how it has ended, and after how many milliseconds. */
    const call = () => {
      const since = performance.now();
      const ended: { with?: unknown; after?: number } = {};
      const end = (value: unknown): void =>
        void Object.assign(ended, { with: value, after: performance.now() - since });
      link.run((client) => client.send('a', ['GET', 'a'])).then(end, end);
      return ended;
    };
    return { said, call };
  }

  it('ends a call of a store after 500 ms, when nothing else is said', async () => {
    const hole = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(hole, 'listening');
    onTestFinished(() => void hole.close());
    vi.useFakeTimers();
    const { port } = hole.address() as AddressInfo;
    const storage = openRedisStorage({ redis: { url: `redis://127.0.0.1:${port}` } });
    let error: unknown;
    storage.get('a').catch((reason: unknown) => (error = reason));
    await vi.advanceTimersByTimeAsync(499);
    expect(error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect(error).toMatchObject({ status: 503 });
  });

  it('ends a call after its deadline and not later, whatever is silent', async () => {
    for (const open of [() => never, async () => createFake(() => never)]) {
      const { call } = createLink(open);
      await vi.advanceTimersByTimeAsync(0);
      const ended = call();
      await vi.advanceTimersByTimeAsync(TIMEOUT - 1);
      expect(ended).toEqual({});
      await vi.advanceTimersByTimeAsync(2);
      expect(ended).toMatchObject({ with: { status: 503 } });
    }
  });

  it('does not take one slow call for a silent connection while others are answered', async () => {
    let isSlow = true;
    const fake = createFake(() => (isSlow ? never : Promise.resolve('answer')));
    const { call, said } = createLink(async () => fake);
    await vi.advanceTimersByTimeAsync(0);
    const slow = call();
    isSlow = false;
    for (let times = 0; times < 6; times++) {
      await vi.advanceTimersByTimeAsync(TIMEOUT / 5);
      const ended = call();
      await vi.advanceTimersByTimeAsync(0);
      expect(ended).toMatchObject({ with: 'answer' });
    }
    expect(slow).toMatchObject({ with: { status: 503 } });
    expect(said).toEqual([]);
  });

  it('fails calls at once when a connection is silent, and until it answers', async () => {
    let isFrozen = true;
    const answers: (() => void)[] = [];
    const { call, said } = createLink(async () =>
      createFake(() =>
        isFrozen ? new Promise((resolve) => answers.push(() => resolve(''))) : Promise.resolve('b'),
      ),
    );
    await vi.advanceTimersByTimeAsync(0);
    const first = call();
    await vi.advanceTimersByTimeAsync(TIMEOUT + 1);
    expect(first).toMatchObject({ with: { status: 503 } });
    const second = call();
    await vi.advanceTimersByTimeAsync(0);
    expect(second).toMatchObject({ with: { status: 503 }, after: 0 });
    isFrozen = false;
    for (const answer of answers) answer();
    await vi.advanceTimersByTimeAsync(0);
    const third = call();
    await vi.advanceTimersByTimeAsync(0);
    expect(third).toMatchObject({ with: 'b' });
    expect(said).toHaveLength(2);
  });

  it('goes on with the first answer, however late, and keeps the connection then', async () => {
    let opened = 0;
    const answers: ((value: string) => void)[] = [];
    let isSlow = true;
    const { call, said } = createLink(async () => {
      opened++;
      return createFake(() =>
        isSlow ? new Promise((resolve) => answers.push(resolve)) : Promise.resolve('b'),
      );
    });
    await vi.advanceTimersByTimeAsync(0);
    call();
    await vi.advanceTimersByTimeAsync(TIMEOUT + 20);
    isSlow = false;
    answers[0]?.('late'); // and nothing comes to the probe
    await vi.advanceTimersByTimeAsync(0);
    const next = call();
    await vi.advanceTimersByTimeAsync(0);
    expect(next).toMatchObject({ with: 'b' });
    expect(said).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10 * TIMEOUT);
    expect(opened).toBe(1);
    expect(said).toHaveLength(2);
  });

  it('tells the app a status, the terminal the host, and clients no host', async () => {
    const { call, said } = createLink(() =>
      Promise.reject(new Error('connect ECONNREFUSED host:1')),
    );
    const ended = call();
    await vi.advanceTimersByTimeAsync(TIMEOUT + 1);
    expect(ended).toMatchObject({ with: { status: 503, statusCode: 503 } });
    expect((ended.with as Error).message).not.toContain('host');
    expect(said).toEqual([
      'Redis at redis://host:1 is out of reach: connect ECONNREFUSED host:1. Requests that need a session fail with status 503; no login is lost.',
    ]);
  });
});

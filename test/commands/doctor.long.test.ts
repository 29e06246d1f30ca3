import { expect, it } from 'vitest';
import { openBlackHole } from '../support/black-hole.ts';
import { CareProject, toPreload } from '../support/care-project.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { diagnose, OWN } from './doctor-checks.ts';

const LATE_CLOCK = toPreload('const { now } = Date; Date.now = () => now() + 3_600_000');

describeWithRedis('holdover doctor, on Redis', () => {
  const names = ['redis', 'redis TLS', 'redis eviction', 'redis clock', 'records'];

  it('finds an address that is missing, a server that is gone, and a password that is wrong', async () => {
    const server = await RedisServer.start();
    const project = await CareProject.begin('redis', server);
    expect(await diagnose(project, names, { REDIS_URL: '' }, OWN)).toBe(
      'redis broken: REDIS_URL is not set.',
    );
    const locked = await RedisServer.start({ settings: { requirepass: 'hidden' } });
    const found = await diagnose(project, ['redis'], { REDIS_URL: locked.url }, OWN);
    expect(found).toMatch(/^redis broken: .*(NOAUTH|password)/i);
    expect(found).not.toContain('hidden');
    await server.kill();
    expect(await diagnose(project, ['redis'], {}, OWN)).toMatch(/^redis broken: .*out of reach/);
    // Both wait until their time is over.
    const [far, secure] = await Promise.all(
      ['redis', 'rediss'].map((protocol) =>
        diagnose(project, ['redis TLS'], { REDIS_URL: `${protocol}://192.0.2.1:6379` }, OWN),
      ),
    );
    expect(far).toMatch(/^redis TLS doubtful/);
    expect(secure).toBe('redis TLS good: on');
  });

  it('ends where a server swallows what it is sent', async () => {
    const project = await CareProject.begin('redis');
    project.app.write('package.json', '{ "name": "project", "type": "module" }'); // not patient
    const port = await openBlackHole();
    const found = await Promise.all(
      ['redis', 'rediss'].map((protocol) =>
        diagnose(project, ['redis'], { REDIS_URL: `${protocol}://127.0.0.1:${port}` }, OWN),
      ),
    );
    for (const one of found) expect(one).toMatch(/^redis broken: .*no answer within 2500 ms/);
  });

  it('finds a clock that is not that of Redis', async () => {
    const project = await CareProject.begin('redis');
    expect(await diagnose(project, ['redis clock'])).toMatch(/^redis clock good/);
    expect(await diagnose(project, ['redis clock'], LATE_CLOCK)).toMatch(
      /^redis clock doubtful: It differs from the clock here by -360\d s\.$/,
    );
  });

  it('finds an eviction that would drop sessions', async () => {
    const settings = { maxmemory: '50mb', 'maxmemory-policy': 'allkeys-lru' };
    const server = await RedisServer.start({ settings });
    const project = await CareProject.begin('redis', server);
    expect(await diagnose(project, ['redis eviction'])).toMatch(/broken: With .* allkeys-lru/);
  });
});

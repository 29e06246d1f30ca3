import { describe, expect, it } from 'vitest';
import { toRedisTarget } from '../../src/storage/redis/target.ts';

describe('a URL of Sentinels', () => {
  it.each([
    ['redis-sentinel://a/main', { username: undefined, password: undefined }],
    ['redis-sentinel://user:pass@a/main', { username: 'user', password: 'pass' }],
    ['redis-sentinel://:pass@a/main', { username: undefined, password: 'pass' }],
    ['redis-sentinel://user:pa:ss@a/main', { username: 'user', password: 'pa:ss' }],
    ['redis-sentinel://user:pa%3Ass@a/main', { username: 'user', password: 'pa:ss' }],
    ['redis-sentinel://user:pa@ss@a/main', { username: 'user', password: 'pa@ss' }],
    ['redis-sentinel://us%40er:p%2Fw%25@a,b/main', { username: 'us@er', password: 'p/w%' }],
  ])('%s has the login of a URL', (url, login) => {
    const target = toRedisTarget({ url });
    expect(target).toMatchObject({ kind: 'sentinel', master: 'main', database: 0, ...login });
    expect(target.nodes[0]).toEqual({ host: 'a', port: 26379 });
    expect(target.display).not.toMatch(/us|pa/);
  });

  it('has several hosts, with ports and IPv6 addresses', () => {
    const url = 'rediss-sentinel://:p@[::1]:7000,b:7001,[fe80::1],c/main/3';
    expect(toRedisTarget({ url })).toMatchObject({
      nodes: [
        { host: '::1', port: 7000 },
        { host: 'b', port: 7001 },
        { host: 'fe80::1', port: 26379 },
        { host: 'c', port: 26379 },
      ],
      database: 3,
      tls: {},
      display: 'rediss-sentinel://[::1]:7000,b:7001,[fe80::1]:26379,c:26379/main',
    });
  });

  it.each(['redis-sentinel://a', 'redis-sentinel:///main', 'redis-sentinel://:p@/main'])(
    '%s is none, which is said without what stands in it',
    (url) => expect(() => toRedisTarget({ url })).toThrow(/^REDIS_URL is not a URL of Redis\./),
  );
});

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RedisOptions } from '../../src/storage/redis/target.ts';
import { createCertificates } from '../support/certificate.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { openRedisStorage } from '../support/redis-storage.ts';
import { removeFolder } from '../support/temp-folder.ts';
import { describeStorageContract } from './contract.ts';

const HOUR = 60 * 60 * 1000;

describeWithRedis('Redis over TLS, with users of its own', () => {
  let server: RedisServer;
  let folder: string;
  let tls: NonNullable<RedisOptions['tls']>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdover-tls-'));
    createCertificates(folder, 'DNS:redis.test');
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    tls = {
      ca: read('ca.pem'),
      cert: read('client.pem'),
      key: read('client-key.pem'),
      servername: 'redis.test',
    };
    server = await RedisServer.prepare({ certificates: folder });
    await server.begin();
    const keys = ['~holdover:*', '~holdover-retired:*', '~holdover-unreadable:*'];
    const commands = '+ping +get +set +pttl +pexpire +eval +exists +del +unlink +scan +rename';
    server.cli('ACL', 'SETUSER', 'app', 'on', '>pass:w@rd', ...keys, ...commands.split(' '));
    server.cli('ACL', 'SETUSER', 'default', 'on', '>other', 'allkeys', '+@all');
  });
  afterAll(async () => {
    await server.close();
    removeFolder(folder);
  });

  const open = (
    differences: Partial<RedisOptions> = {},
    log: (message: string) => void = () => {},
  ) =>
    openRedisStorage({
      redis: {
        url: server.url.replace('//', '//app:pass%3Aw%40rd@'),
        tls,
        timeout: 10_000 + Math.random(),
        ...differences,
      },
      log,
    });

  describeStorageContract('Redis over TLS, for a user with few rights', async () => {
    server.cli('-a', 'other', 'FLUSHALL');
    const shared = { tls, url: server.url, username: 'app', password: 'pass:w@rd', timeout: 9_999 };
    return (namespace) => openRedisStorage({ redis: shared, namespace });
  });

  it.each([
    ['no CA', () => ({ ca: undefined }), /self.signed certificate.*Give its CA/i],
    ['another name', () => ({ servername: 'other.test' }), /does not match certificate.*/i],
    ['no client certificate', () => ({ cert: undefined, key: undefined }), /out of reach/],
  ])('is refused with %s, which is said with what to do', async (_, change, message) => {
    const said: string[] = [];
    const storage = open({ tls: { ...tls, ...change() }, timeout: 800 }, (text) => said.push(text));
    await expect(storage.get('a')).rejects.toMatchObject({ status: 503 });
    await poll(() => said.some((text) => message.test(text)));
    expect(said.join()).not.toMatch(/pass|BEGIN/);
  });

  it('takes a user and a password from the URL', async () => {
    const storage = open();
    expect(await storage.set('a', 'text', HOUR)).toBe(true);
    expect((await storage.get('a'))?.text).toBe('text');
  });
});

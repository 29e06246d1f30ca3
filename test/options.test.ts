import { describe, expect, it } from 'vitest';
import { createApp, type App } from './support/app.ts';
import { linkPackage } from './support/packages.ts';
import { describeWithRedis, RedisServer } from './support/redis-server.ts';
import { runScript } from './support/script.ts';

const SECRET = 'b1946ac92492d2347c6235b4d2611184';
const OTHER_SECRET = '591785b794601e212b260e25925636fd';

const SHOW = `
  import { createSessionStore } from 'holdover';
  import { sessionOptions } from 'holdover/express';
  try {
    const options = process.argv[2] ? JSON.parse(process.argv[2]) : undefined;
    createSessionStore(options);
    console.log('opened, ' + sessionOptions(options).cookie.maxAge);
  } catch (error) {
    console.log(error.message);
  }
`;

async function createProject(holdover?: object): Promise<App> {
  const app = await createApp();
  app.write('package.json', JSON.stringify({ name: 'project', type: 'module', holdover }));
  app.write('app.js', SHOW);
  return app;
}

interface Asked {
  app?: App;
  env?: NodeJS.ProcessEnv;
  options?: object;
}

/** What a process prints that opens a store. */
async function ask({ app, env, options }: Asked): Promise<{ stdout: string; stderr: string }> {
  const words = ['app.js', ...(options ? [JSON.stringify(options)] : [])];
  return runScript(app ?? (await createProject()), words, env);
}

describe('what sessions are kept in', () => {
  it.each([
    ['a type that is not known', { SESSION_TYPE: 'mongo' }, /^SESSION_TYPE is "mongo"\. Set it to/],
    [
      'Redis without a URL',
      { SESSION_TYPE: 'redis' },
      /^Redis is asked for and REDIS_URL is not set/,
    ],
    [
      'production without a URL',
      { NODE_ENV: 'production', SESSION_SECRET: SECRET },
      /^Redis is asked for and REDIS_URL is not set/,
    ],
    [
      'a URL of something else',
      { SESSION_TYPE: 'redis', REDIS_URL: 'http://x' },
      /^REDIS_URL is not a URL/,
    ],
    [
      'a lifetime that is none',
      { SESSION_LIFETIME: 'soon' },
      /^SESSION_LIFETIME is "soon"\. Write/,
    ],
    [
      'a lifetime that is over',
      { SESSION_LIFETIME: '-1d' },
      /^SESSION_LIFETIME must be more than 0/,
    ],
    [
      'a bare number that was hardly meant as milliseconds',
      { SESSION_LIFETIME: '59999' },
      /^SESSION_LIFETIME is 59999, which would be 59999 milliseconds\. Write the unit: /,
    ],
    ['a namespace with a pattern', { SESSION_NAMESPACE: 'a*' }, /^SESSION_NAMESPACE may have/],
  ])('is refused for %s, in one line', async (_, env, sentence) => {
    const { stdout } = await ask({ env });
    expect(stdout).toMatch(sentence);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['missing', '', /^SESSION_SECRET is not set\./],
    ['short', 'too short', /^SESSION_SECRET has 9 characters and needs at least 32\./],
    [
      'an example',
      'your-secret-key-change-this-in-production',
      /^SESSION_SECRET looks like the one/,
    ],
    ['one sign', 'a'.repeat(40), /^SESSION_SECRET looks like the one/],
    ['short behind a good one', `${SECRET},short`, /^SESSION_SECRET has 5 characters/],
  ])('is refused in production when the secret is %s', async (_, secret, sentence) => {
    const app = await createProject();
    linkPackage(app, '@keyv/redis');
    const env = {
      NODE_ENV: 'production',
      REDIS_URL: 'redis://127.0.0.1:1',
      SESSION_SECRET: secret,
    };
    const { stdout } = await ask({ app, env });
    expect(stdout).toMatch(sentence);
    if (secret) expect(stdout).not.toContain(secret);
  });

  it('is Redis in production, opened without waiting for it', async () => {
    const app = await createProject();
    linkPackage(app, '@keyv/redis');
    const env = {
      NODE_ENV: 'production',
      REDIS_URL: 'redis://127.0.0.1:1',
      SESSION_SECRET: `${SECRET}, ${OTHER_SECRET}`,
    };
    expect((await ask({ app, env })).stdout).toBe('opened, 604800000\n');
  });

  it('may be files in production, which says once what they do not do', async () => {
    const env = { NODE_ENV: 'production', SESSION_TYPE: 'filesystem', SESSION_SECRET: SECRET };
    const { stdout, stderr } = await ask({ env });
    expect(stdout).toBe('opened, 604800000\n');
    expect(stderr.split('other hosts do not see them')).toHaveLength(2);
  });

  it('is said in code before the environment, and there before package.json', async () => {
    const app = await createProject({ type: 'redis', lifetime: '1h' });
    expect((await ask({ app })).stdout).toMatch(/^Redis is asked for/);
    const env = { SESSION_TYPE: 'filesystem' };
    expect((await ask({ app, env })).stdout).toBe('opened, 3600000\n');
    const options = { lifetime: 5000 };
    const more = { ...env, SESSION_LIFETIME: '2h' };
    expect((await ask({ app, env: more })).stdout).toBe('opened, 7200000\n');
    expect((await ask({ app, env: more, options })).stdout).toBe('opened, 5000\n');
    expect((await ask({ app, env: { SESSION_TYPE: 'memory' } })).stdout).toBe('opened, 3600000\n');
  });

  it.each([
    ['7d', 604_800_000],
    ['12h', 43_200_000],
    ['90000', 90_000],
    ['60000', 60_000],
    ['120ms', 120],
  ])('lasts for a SESSION_LIFETIME of %s', async (text, milliseconds) => {
    const { stdout } = await ask({ env: { SESSION_LIFETIME: text } });
    expect(stdout).toBe(`opened, ${milliseconds}\n`);
  });

  it('refuses what is not known in package.json', async () => {
    const app = await createProject({ lifetme: '1h' });
    expect((await ask({ app })).stdout).toMatch(
      /"lifetme", which is not known\. It may have: type,/,
    );
  });

  it('never shows the password of a URL', async () => {
    const app = await createProject();
    linkPackage(app, '@keyv/redis');
    for (const url of [
      'redis://:hunter2@',
      'rediss://u:hunter2@h:99999',
      'redis://u:hunter2@h/x',
    ]) {
      const { stdout, stderr } = await ask({ app, env: { SESSION_TYPE: 'redis', REDIS_URL: url } });
      expect(stdout).toMatch(/^REDIS_URL is not a URL/);
      expect(stdout + stderr).not.toContain('hunter2');
    }
  });
});

describeWithRedis('what package.json says of Redis', () => {
  const SET_AND_GET = `
    import { createSessionStore } from 'holdover';
    const options = process.argv[2] ? JSON.parse(process.argv[2]) : undefined;
    const store = createSessionStore(options);
    await store.set('a', { user: 'ada' }).catch(() => {});
    console.log(await store.get('a').then(({ data }) => data.user, ({ message }) => message));
  `;

  async function keep(redis: object, env: NodeJS.ProcessEnv, options?: object): Promise<string> {
    const app = await createProject({ type: 'redis', redis });
    app.write('app.js', SET_AND_GET);
    linkPackage(app, '@keyv/redis');
    return (await ask({ app, env, ...(options && { options }) })).stdout;
  }

  it('counts for the URL of the environment, when it names none itself', async () => {
    const { url } = await RedisServer.start({ settings: { requirepass: 'hunter2' } });
    const password = 'hunter2';
    // What belongs to one URL is not sent to another.
    const other = { url: 'redis://localhost:1', password };
    const given = await Promise.all([
      keep({ password, timeout: 5000 }, { REDIS_URL: url }),
      keep({ password }, { REDIS_URL: url }, { redis: { timeout: 5000 } }),
      keep({ timeout: 2000 }, { REDIS_URL: url }),
      keep(other, { REDIS_URL: url }),
    ]);
    expect(given.map((text) => text === 'ada\n')).toEqual([true, true, false, false]);
    expect(await keep({ password }, {}, { redis: url })).toBe('ada\n');
  });
});

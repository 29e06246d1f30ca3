import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { runScript } from '../support/script.ts';

const SECRET = 'b1946ac92492d2347c6235b4d2611184';
const OTHER_SECRET = '591785b794601e212b260e25925636fd';

const SHOW = `
  import { createSessionStore } from 'holdover';
  import { sessionOptions } from 'holdover/express';
  const asked = JSON.parse(process.argv[2]);
  const said = asked.map(({ env, options }) => {
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      createSessionStore(options);
      return 'opened, ' + sessionOptions(options).cookie.maxAge;
    } catch (error) {
      return error.message;
    } finally {
      for (const name of Object.keys(env ?? {})) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
  console.log(JSON.stringify(said));
`;

async function createProject(holdover?: object): Promise<App> {
  const app = await createApp();
  app.write('package.json', JSON.stringify({ name: 'project', type: 'module', holdover }));
  app.write('app.js', SHOW);
  return app;
}

interface Asked {
  env?: NodeJS.ProcessEnv;
  options?: object;
}

/** What comes of opening a store for each that is asked, one after the other in one process; what that prints. */
async function ask(asked: Asked[], app?: App): Promise<{ said: string[]; stderr: string }> {
  const { stdout, stderr } = await runScript(app ?? (await createProject()), [
    'app.js',
    JSON.stringify(asked),
  ]);
  return { said: JSON.parse(stdout) as string[], stderr };
}

describe('what sessions are kept in', () => {
  it('is refused in one line for what is no place, no lifetime and no namespace', async () => {
    const refused: [NodeJS.ProcessEnv, RegExp][] = [
      [{ SESSION_TYPE: 'mongo' }, /^SESSION_TYPE is "mongo"\. Set it to/],
      [{ SESSION_TYPE: 'redis' }, /^Redis is asked for and REDIS_URL is not set/],
      [
        { NODE_ENV: 'production', SESSION_SECRET: SECRET },
        /^Redis is asked for and REDIS_URL is not set/,
      ],
      [{ SESSION_TYPE: 'redis', REDIS_URL: 'http://x' }, /^REDIS_URL is not a URL/],
      [{ SESSION_LIFETIME: 'soon' }, /^SESSION_LIFETIME is "soon"\. Write/],
      [{ SESSION_LIFETIME: '-1d' }, /^SESSION_LIFETIME must be more than 0/],
      [
        { SESSION_LIFETIME: '59999' }, // hardly meant as milliseconds
        /^SESSION_LIFETIME is 59999, which would be 59999 milliseconds\. Write the unit: /,
      ],
      [{ SESSION_NAMESPACE: 'a*' }, /^SESSION_NAMESPACE may have/],
    ];
    const { said, stderr } = await ask(refused.map(([env]) => ({ env })));
    for (const [index, [env, sentence]] of refused.entries()) {
      expect([env, said[index]]).toEqual([env, expect.stringMatching(sentence)]);
      expect(said[index]?.split('\n')).toHaveLength(1);
    }
    expect(stderr).toBe('');
  });

  it('is refused in production when the secret is none, or an example', async () => {
    const app = await createProject();
    linkPackage(app, '@keyv/redis');
    const refused: [string, RegExp][] = [
      ['', /^SESSION_SECRET is not set\./],
      ['too short', /^SESSION_SECRET has 9 characters and needs at least 32\./],
      ['your-secret-key-change-this-in-production', /^SESSION_SECRET looks like the one/],
      ['a'.repeat(40), /^SESSION_SECRET looks like the one/],
      [`${SECRET},short`, /^SESSION_SECRET has 5 characters/],
    ];
    const env = { NODE_ENV: 'production', REDIS_URL: 'redis://127.0.0.1:1' };
    const asked = refused.map(([secret]) => ({ env: { ...env, SESSION_SECRET: secret } }));
    const { said } = await ask(asked, app);
    for (const [index, [secret, sentence]] of refused.entries()) {
      expect([secret, said[index]]).toEqual([secret, expect.stringMatching(sentence)]);
      if (secret) expect(said[index]).not.toContain(secret);
    }
  });

  it('is Redis in production, opened without waiting for it', async () => {
    const app = await createProject();
    linkPackage(app, '@keyv/redis');
    const env = {
      NODE_ENV: 'production',
      REDIS_URL: 'redis://127.0.0.1:1',
      SESSION_SECRET: `${SECRET}, ${OTHER_SECRET}`,
    };
    expect((await ask([{ env }], app)).said).toEqual(['opened, 604800000']);
  });

  it('may be files in production, which says once what they do not do', async () => {
    const env = { NODE_ENV: 'production', SESSION_TYPE: 'filesystem', SESSION_SECRET: SECRET };
    const { said, stderr } = await ask([{ env }]);
    expect(said).toEqual(['opened, 604800000']);
    expect(stderr.split('other hosts do not see them')).toHaveLength(2);
  });

  it('is said in code before the environment, and there before package.json', async () => {
    const app = await createProject({ type: 'redis', lifetime: '1h' });
    const env = { SESSION_TYPE: 'filesystem' };
    const more = { ...env, SESSION_LIFETIME: '2h' };
    const asked = [
      {},
      { env },
      { env: more },
      { env: more, options: { lifetime: 5000 } },
      { env: { SESSION_TYPE: 'memory' } },
    ];
    expect((await ask(asked, app)).said).toEqual([
      expect.stringMatching(/^Redis is asked for/),
      'opened, 3600000',
      'opened, 7200000',
      'opened, 5000',
      'opened, 3600000',
    ]);
  });

  it('lasts for a SESSION_LIFETIME with a unit, or of a number of milliseconds', async () => {
    const lifetimes = { '7d': 604_800_000, '12h': 43_200_000, '90000': 90_000, '60000': 60_000 };
    const all = Object.entries({ ...lifetimes, '120ms': 120 });
    const { said } = await ask(all.map(([text]) => ({ env: { SESSION_LIFETIME: text } })));
    expect(said).toEqual(all.map(([, milliseconds]) => `opened, ${milliseconds}`));
  });

  it('refuses what is not known in package.json', async () => {
    const app = await createProject({ lifetme: '1h' });
    expect((await ask([{}], app)).said[0]).toMatch(
      /"lifetme", which is not known \(did you mean "lifetime"\?\)/,
    );
  });

  it('never shows the password of a URL', async () => {
    const app = await createProject();
    linkPackage(app, '@keyv/redis');
    const urls = ['redis://:hunter2@', 'rediss://u:hunter2@h:99999', 'redis://u:hunter2@h/x'];
    const { said, stderr } = await ask(
      urls.map((url) => ({ env: { SESSION_TYPE: 'redis', REDIS_URL: url } })),
      app,
    );
    expect(said).toHaveLength(urls.length);
    for (const one of said) expect(one).toMatch(/^REDIS_URL is not a URL/);
    expect(said.join() + stderr).not.toContain('hunter2');
  });
});

it('is refused in one line by a command when it cannot be used', async () => {
  const project = await CareProject.begin('filesystem');
  const { code, stdout, stderr } = await project.run(['ls'], { SESSION_TYPE: 'database' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^.*SESSION_TYPE is "database"\. Set it to filesystem.*\n$/);
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
    const words = ['app.js', ...(options ? [JSON.stringify(options)] : [])];
    return (await runScript(app, words, env)).stdout;
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
    expect(await keep({ password, timeout: 5000 }, {}, { redis: url })).toBe('ada\n');
  });
});

import { describe, expect, it } from 'vitest';
import { createApp, type App } from '../support/app.ts';
import { Browser } from '../support/browser.ts';
import { toExpressApp } from '../support/care-app.ts';
import { linkPackage } from '../support/packages.ts';
import { bePatientWithRedis } from '../support/patient-redis.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis, RedisServer } from '../support/redis-server.ts';
import { start, type Running } from '../support/running.ts';
import { readBlock } from './pages.ts';

const SECRET = 'b1946ac92492d2347c6235b4d2611184';

const [INSTALL, NAMED, ADOPTED] = [0, 1, 2].map((index) =>
  readBlock('docs/production.md', 'Production', 'sh', index).trim(),
) as [string, string, string];

const NAMED_APP = toExpressApp(
  '...sessionOptions(), store: createStore(),',
  '',
  "import { createStore, sessionOptions } from 'holdover/express';",
);

async function createProductionApp(code: string): Promise<App> {
  const app = await createApp();
  app.write('package.json', '{ "name": "project", "type": "module" }');
  app.write('app.js', code);
  bePatientWithRedis(app);
  linkPackage(app, '@keyv/redis');
  return app;
}

/** Runs a line of the page as it stands there, but for the values that it leaves open. */
function runLine(app: App, line: string, url: string): Running {
  const command = line
    .replace(/REDIS_URL=\S+/, `REDIS_URL=${url}`)
    .replace('SESSION_SECRET=…', `SESSION_SECRET=${SECRET}`);
  return start('sh', ['-c', `exec env ${command}`], {
    cwd: app.folder,
    env: { PORT: String(app.port), SESSION_SECRET: undefined },
  });
}

describeWithRedis('the first lines of docs/production.md', () => {
  it.each([
    ['with createStore() in the code', NAMED, NAMED_APP],
    ['without code', ADOPTED, toExpressApp()],
  ])('keep a session in Redis, %s', async (_, line, code) => {
    const server = await RedisServer.start();
    const app = await createProductionApp(code);
    const running = runLine(app, line, server.url);
    await running.printed('listening');
    const headers = { 'x-forwarded-proto': 'https' };
    const login = await new Browser(app.url).json<{ id: string }>('/login', {
      method: 'POST',
      headers,
    });
    await poll(() => server.cli('KEYS', 'holdover:*').includes(login?.id ?? 'no id'));
    expect(running.output).not.toContain('Error');
  });

  it('install what has to be there after npm prune --omit=dev', () => {
    expect(INSTALL).toBe('npm install holdover @keyv/redis');
  });
});

/** What a process with a misconfiguration prints, and how it ends. */
async function end(app: App, words: string[], env: NodeJS.ProcessEnv): Promise<unknown> {
  const running = start(process.execPath, [...words, 'app.js'], {
    cwd: app.folder,
    env: { NODE_ENV: 'production', PORT: String(app.port), ...env },
  });
  const { code } = await running.exited;
  await poll(() => running.output.endsWith('\n'));
  return [running.output, code];
}

const REGISTER = ['--import', 'holdover/register'];
const REDIS = { SESSION_TYPE: 'redis', REDIS_URL: 'redis://127.0.0.1:1', SESSION_SECRET: SECRET };
const FILES = { SESSION_TYPE: 'filesystem', SESSION_SECRET: SECRET };

describe('a misconfiguration in production', () => {
  it.each([
    ['createStore()', [], NAMED_APP],
    ['holdover/register', REGISTER, toExpressApp()],
  ])('is one line and the exit code 1, with %s', async (_, words, code) => {
    const wrong: [NodeJS.ProcessEnv, RegExp][] = [
      [{ ...REDIS, REDIS_URL: undefined }, /Redis is asked for and REDIS_URL is not set\. Set it/],
      [{ ...REDIS, REDIS_URL: 'http://x' }, /REDIS_URL is not a URL of Redis\. Write it/],
      [{ ...REDIS, SESSION_SECRET: undefined }, /SESSION_SECRET is not set\. /],
      [{ ...FILES, SESSION_LIFETIME: 'soon' }, /SESSION_LIFETIME is "soon"\. Write/],
      [{ ...FILES, SESSION_FILE_DIR: 'package.json/x' }, /package\.json\/x cannot be made/],
    ];
    const app = await createProductionApp(code);
    const ended = await Promise.all(wrong.map(([env]) => end(app, words, env)));
    const lines = wrong.map(([, { source }]) => [
      expect.stringMatching(new RegExp(`^\\[holdover\\] .*${source}.*\\n$`)),
      1,
    ]);
    expect(ended).toEqual(lines);
  });

  it('is an error that the app may catch', async () => {
    const app = await createProductionApp(`
      import { createStore } from 'holdover/express';
      try { createStore(); } catch (error) { console.log('caught: ' + error.message); }`);
    const env = { ...REDIS, REDIS_URL: undefined };
    expect(await end(app, [], env)).toEqual([
      expect.stringMatching(/^caught: Redis is asked for.*\n$/),
      0,
    ]);
  });
});

describe('createStore() in production behind plain HTTP', () => {
  it('says once that no cookie was set, and what to say instead', async () => {
    const app = await createProductionApp(
      NAMED_APP.replace(
        'const app = express();',
        "const app = express();\nif (process.env.PROXY) app.set('trust proxy', 1);",
      ),
    );
    const run = async (env: NodeJS.ProcessEnv): Promise<Running> => {
      const running = start(process.execPath, ['app.js'], {
        cwd: app.folder,
        env: { NODE_ENV: 'production', PORT: String(app.port), ...FILES, ...env },
      });
      await running.printed('listening');
      return running;
    };
    const logIn = (headers = {}): Promise<Response> =>
      new Browser(app.url).request('/login', { method: 'POST', headers });
    const https = { 'x-forwarded-proto': 'https' };

    const trusting = await run({ PROXY: '1' });
    expect((await logIn(https)).headers.getSetCookie()).toHaveLength(1);
    expect(await new Browser(app.url).json('/me')).toEqual({}); // a visitor has no cookie, and needs none
    expect((await logIn()).headers.getSetCookie()).toEqual([]);
    const sentence =
      /^\[holdover\] .*`POST \/login` came over plain HTTP.*'trust proxy'.*secure: false.*$/gm;
    await poll(() => sentence.test(trusting.output));
    expect(trusting.output.slice(0, trusting.output.search(sentence))).not.toContain('proxy');
    trusting.kill('SIGKILL');
    await trusting.exited;

    const plain = await run({});
    await logIn(https);
    await logIn();
    plain.kill('SIGTERM');
    await plain.exited;
    expect(plain.output.match(sentence)).toHaveLength(1);
  });
});

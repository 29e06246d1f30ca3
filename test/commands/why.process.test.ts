import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { Browser } from '../support/browser.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject, toPreload } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';
import { alterRecord, listRecordFiles } from '../support/record-files.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { CLI } from '../support/tools.ts';

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

/** What `holdover why` answers, when it is that. */
async function answers(project: CareProject, text: RegExp, ...words: string[]): Promise<string> {
  let last = '';
  const isAnswered = async (): Promise<boolean> => {
    // An id may begin with a dash.
    const { stdout, stderr } = await ask(project, [
      'why',
      ...(words.length > 0 ? ['--', ...words] : []),
    ]);
    last = stdout + stderr;
    return text.test(last);
  };
  await poll(isAnswered, { every: 50 }).catch((cause: Error) => {
    throw new Error(`${text} was not answered, but: ${last}`, { cause });
  });
  expect(last).toMatch(/^.+\n$/); // one sentence
  return last;
}

async function logIn({ browser, running }: CareApp): Promise<string> {
  const answer = await browser.json<{ id: string }>('/login', { method: 'POST' });
  if (!answer) throw new Error(`There is no login. The app has printed:\n${running.output}`);
  return answer.id;
}

/** The files of the history. */
function historyOf({ env }: CareProject): { text: string; modes: number[] } {
  const folder = join(String(env.XDG_STATE_HOME), 'holdover', 'history');
  if (!existsSync(folder)) return { text: '', modes: [] };
  const paths = readdirSync(folder).map((name) => join(folder, name));
  return {
    text: paths.map((path) => readFileSync(path, 'utf8')).join(''),
    modes: paths.map((path) => statSync(path).mode & 0o777),
  };
}

/** What may stand in a path, and is nobody's business. */
const SECRETS = [
  ['128 bits in base64url', 'q7Jm2Zt0Lw9XcVb4Ne8RyA'],
  ['the same without a digit', 'qhJmaZtbLwdXcVbeNeiRyA'],
  ['nanoid', 'V1StGXR8-Z5jdHi6B-myT'],
  ['small letters', 'qhjmaztblwdxcvbeneirya'],
  ['hex', '9f86d081884c7d659a2f'],
  ['a short code', 'aB3dE9xQ'],
  ['an address', 'ada.lovelace@example.org'],
  ['a word and a token', 'reset-q7Jm2Zt0Lw9XcVb4'],
] as const;

function describeCauses(type: 'filesystem' | 'redis'): void {
  it('says that the app has destroyed it, by which request, over a restart too, and once', async () => {
    const project = await CareProject.beginPatiently(type);
    const app = await CareApp.start(project, toExpressApp());
    const id = await logIn(app);
    const cookie = app.browser.cookie('connect.sid') ?? '';
    const kept = app.browser.clone();
    expect(await kept.json('/me')).toEqual({ user: 'ada' });
    await app.browser.text('/organizer/logout?token=hidden', { method: 'POST' });
    const text = new RegExp(
      `^The session was destroyed by \`POST /organizer/logout\` at ${TIME}\\.`,
    );
    await answers(project, text, id);
    expect(await kept.json('/me')).toEqual({});
    await answers(project, text);
    expect(await project.run(['why', '--', id])).toMatchObject({
      stdout: expect.stringMatching(text),
      code: 0, // and it ends, whatever was opened
    });
    await answers(project, text, cookie);
    await answers(project, text, `connect.sid=${cookie}`);
    await app.running.printed(
      /\[holdover\] The session was destroyed by `POST \/organizer\/logout`/,
    );
    await app.kill();
    const next = await CareApp.start(project, toExpressApp());
    expect(await kept.json('/me')).toEqual({});
    await new Browser(project.app.url).text('/me');
    await answers(project, text);
    await answers(project, text, id);
    expect(next.running.output).not.toContain('destroyed');
    const { text: history, modes } = historyOf(project);
    expect(history).not.toContain(id.slice(0, 12));
    expect(history).not.toContain('hidden');
    if (process.platform !== 'win32') expect(modes.every((mode) => mode === 0o600)).toBe(true);
  });

  it('says that it has expired, and when', async () => {
    const project = await CareProject.beginPatiently(type);
    const app = await CareApp.start(
      project,
      toExpressApp('cookie: { maxAge: 1500 }, rolling: false,'),
    );
    const id = await logIn(app);
    const kept = app.browser.clone();
    await answers(project, new RegExp(`^The session expired at ${TIME}\\.`), id);
    expect(await kept.json('/me')).toEqual({});
    await answers(project, new RegExp(`^The session expired at ${TIME}\\.`));
    await app.running.printed(/\[holdover\] The session expired at/);
  });

  it('says that all sessions were cleared', async () => {
    const project = await CareProject.beginPatiently(type);
    const app = await CareApp.start(project, toExpressApp());
    const id = await logIn(app);
    await poll(() => historyOf(project).text.includes('stored'));
    await project.run(['clear', '--yes']);
    const text = `^All sessions were cleared by \`holdover clear\` at ${TIME}\\.`;
    await answers(project, new RegExp(text), id);
    const again = await logIn(app);
    await poll(() => historyOf(project).text.split('stored').length > 2);
    await project.run(['clear', '--user', 'ada', '--yes']);
    const own = `^The session was destroyed by \`holdover clear\` at ${TIME}\\.`;
    await answers(project, new RegExp(own), again);
  });

  it('says that an id was never seen, and that a record was removed by others', async () => {
    const project = await CareProject.beginPatiently(type);
    const app = await CareApp.start(project, toExpressApp());
    const id = await logIn(app);
    await answers(project, /^No session with that id was ever stored here\./, 'an-id-of-nobody');
    await poll(() => historyOf(project).text.includes('stored'));
    // The clearing of another store is not that of this one.
    await project.on(
      'await store.set("b", {}); await store.clear(); await store.set("c", {});',
      'other',
    );
    expect((await project.run(['clear', '--namespace', 'other', '--yes'])).code).toBe(0);
    expect(historyOf(project).text.split('"cleared"')).toHaveLength(3);
    if (project.redis) project.redis.cli('FLUSHDB');
    else rmSync(join(project.app.folder, '.holdover', 'sessions'), { recursive: true });
    expect(await app.browser.clone().json('/me')).toEqual({});
    const text = `^The record of the session, stored at ${TIME}, was gone at ${TIME}: something else`;
    await answers(project, new RegExp(text));
    await answers(project, new RegExp(text), id);
  });
}

// These are found before any place of sessions is asked.
describe('holdover why, of a cookie', () => {
  const type = 'filesystem';

  it('says that no cookie came, or one of another app', async () => {
    const project = await CareProject.begin(type);
    const app = await CareApp.start(project, toExpressApp());
    await logIn(app);
    await new Browser(project.app.url).text('/me');
    const text = `^No request has missed its session: \`GET /me\` came without the cookie connect\\.sid at ${TIME}, as a first`;
    await answers(project, new RegExp(text));
    for (const cookie of ['connect.sid=s%3Aof-another.c2lnbmF0dXJl', 'connect.sid=of-no-express']) {
      await new Browser(project.app.url).request('/me', { headers: { cookie } });
      const foreign = `^\`GET /me\` came with a cookie connect\\.sid of another app at ${TIME}`;
      await answers(project, new RegExp(foreign));
    }
  });

  it('says that the secret has changed since the cookie was signed', async () => {
    const project = await CareProject.begin(type);
    const app = await CareApp.start(project, toExpressApp());
    const id = await logIn(app);
    const kept = app.browser.clone();
    await answers(project, /^That session is live/, id);
    await poll(() => historyOf(project).text.includes('stored'));
    await app.kill();
    const other = await CareApp.start(
      project,
      toExpressApp("secret: 'another secret of the same app',"),
    );
    expect(await kept.json('/me')).toEqual({});
    const text = new RegExp(
      `^The secret has changed since the cookie connect\\.sid .*last stored at ${TIME}, was signed: \`GET /me\` was refused at ${TIME}\\.`,
    );
    await answers(project, text);
    await answers(project, text, id);
    await other.running.printed(/\[holdover\] The secret has changed since/);
  });

  it('says that the cookie is secure and the request came over http', async () => {
    const project = await CareProject.begin(type);
    const app = await CareApp.start(project, toExpressApp('cookie: { secure: true },'));
    await logIn(app);
    expect(await app.browser.json('/me')).toEqual({});
    const text = `^The cookie connect\\.sid is secure and \`GET /me\` came over http at ${TIME}`;
    await answers(project, new RegExp(text));
  });
});

describe('holdover why, on a directory', () => {
  describeCauses('filesystem');

  it('logs nobody out when it is asked by somebody with another key', async () => {
    const project = await CareProject.begin('filesystem');
    const app = await CareApp.start(project, toExpressApp());
    const id = await logIn(app);
    const elsewhere = { XDG_STATE_HOME: `${project.env.XDG_STATE_HOME}-elsewhere` };
    for (const words of [['why', '--', id], ['ls'], ['doctor'], ['clear', '--yes'], ['prune']]) {
      await project.run(words, elsewhere);
    }
    expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
    await app.kill();
    await CareApp.start(project, project.app.read('app.js'), elsewhere);
    expect(await app.browser.clone().json('/me')).toEqual({});
    await answers(project, /^That session is live/, id);
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
    await logIn(app);
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

  it('knows nothing where nothing has run', async () => {
    const project = await CareProject.begin('filesystem');
    await answers(project, /^Nothing is known of this project: run the app with holdover watch/);
  });

  it('says that the record was set aside, and why', async () => {
    const project = await CareProject.begin('filesystem');
    const app = await CareApp.start(project, toExpressApp());
    const id = await logIn(app);
    const folder = join(project.app.folder, '.holdover', 'sessions');
    await app.kill();
    for (const file of listRecordFiles(folder)) alterRecord(file);
    await CareApp.start(project, toExpressApp());
    expect(await app.browser.clone().json('/me')).toEqual({});
    const text = `^The record of the session was set aside, because it is altered \\(found at ${TIME}\\)\\.`;
    await answers(project, new RegExp(text));
    await answers(project, new RegExp(text), id);
  });

  it('says that the memory store was not adopted, and why', async () => {
    const project = await CareProject.begin('filesystem');
    const own = 'store: new (class Own extends session.Store {})(),';
    const app = await CareApp.start(project, toExpressApp(own));
    await answers(
      project,
      new RegExp(
        `^The memory store of express-session was not adopted at ${TIME}, because the app brings a store of its own \\(Own\\), of which holdover knows nothing: where it is in memory, its sessions end with the process`,
      ),
    );
    await app.kill();
    const lasting = 'store: new (class SQLiteStore extends session.Store {})(),';
    const second = await CareApp.start(project, toExpressApp(lasting));
    await answers(
      project,
      /\(SQLiteStore\), which outlasts the process: holdover knows nothing of/,
    );
    await second.kill();
    await CareApp.start(project, toExpressApp(), { SESSION_TYPE: 'memory' });
    await answers(project, /^The memory store of the app was not adopted .*, because SESSION_TYPE/);
  });

  it('keeps no history in production', async () => {
    const project = await CareProject.begin('filesystem');
    const app = await CareApp.start(project, toExpressApp(), { NODE_ENV: 'production' });
    await logIn(app);
    await app.browser.text('/organizer/logout', { method: 'POST' });
    expect(historyOf(project).text).toBe('');
  });

  it('keeps no part of a path that may be a secret', async () => {
    const project = await CareProject.begin('filesystem');
    const destroy = `app.post('/password-reset/confirm-new-password/:token', (req, res) => {
      req.session.destroy(() => res.json({}));
    });`;
    const app = await CareApp.start(project, toExpressApp('', destroy));
    for (const [what, token] of SECRETS) {
      const id = await logIn(app);
      const kept = app.browser.clone();
      const path = `/password-reset/confirm-new-password/${token}`;
      const { length } = app.running.output;
      await app.browser.text(path, { method: 'POST' });
      expect(await kept.json('/me')).toEqual({});
      const text = /^The session was destroyed by `POST \/password-reset\/confirm-new-password\/…`/;
      const answer = await answers(project, text, id);
      await app.running.printed(/\[holdover\] The session was destroyed/, length);
      const { text: history } = historyOf(project);
      for (const shown of [answer, history, app.running.output]) {
        expect(shown, what).not.toContain(token);
      }
    }
  });

  it('knows explicit stores too, and answers under holdover watch', async () => {
    const project = await CareProject.begin('filesystem');
    const imports = "import { createStore, sessionOptions } from 'holdover/express';";
    const code = toExpressApp('...sessionOptions(), store: createStore(),', '', imports);
    const app = await CareApp.start(project, code, {}, [CLI, 'watch', 'app.js']);
    const id = await logIn(app);
    const kept = app.browser.clone();
    await app.browser.text('/organizer/logout', { method: 'POST' });
    app.running.type('\n');
    await app.running.printed(/Enter/);
    await poll(async () => (await kept.json<object>('/me')) !== undefined);
    await app.running.printed(/The session was destroyed by `POST \/organizer\/logout`/);
    await answers(project, /^The session was destroyed by `POST \/organizer\/logout`/, id);
  });

  it('knows @fastify/session', async () => {
    const project = await CareProject.begin('filesystem');
    const app = await CareApp.start(
      project,
      `import Fastify from 'fastify';
       import cookie from '@fastify/cookie';
       import session from '@fastify/session';
       const app = Fastify();
       await app.register(cookie);
       await app.register(session, { secret: process.env.SECRET, cookie: { secure: false }, saveUninitialized: false });
       app.post('/login', (request) => { request.session.user = 'ada'; return { id: request.session.sessionId }; });
       app.post('/logout', async (request) => { await request.session.destroy(); return {}; });
       app.get('/me', (request) => ({ user: request.session.user }));
       await app.listen({ port: Number(process.env.PORT) });
       console.log('listening');`,
      { SECRET: 'a secret of thirty-two characters' },
    );
    await new Browser(project.app.url).text('/me');
    await answers(project, /: `GET \/me` came without the cookie sessionId at/);
    const id = await logIn(app);
    const kept = app.browser.clone();
    await app.browser.text('/logout', { method: 'POST' });
    expect(await kept.json('/me')).toEqual({});
    await answers(project, /^The session was destroyed by `POST \/logout` at/);
    await answers(project, /^The session was destroyed by `POST \/logout` at/, id);
    await logIn(app);
    const last = app.browser.clone();
    await poll(() => historyOf(project).text.split('"stored"').length > 2);
    await app.kill();
    await CareApp.start(project, project.app.read('app.js'), {
      SECRET: 'another secret of the same app, longer',
    });
    expect(await last.json('/me')).toEqual({});
    await answers(project, /^The secret has changed since the cookie sessionId/);
  });
});

describeWithRedis('holdover why, on Redis', () => {
  describeCauses('redis');

  it('says that a record was stored with another key', async () => {
    const project = await CareProject.beginPatiently('redis');
    const [before, after] = [
      'b1946ac92492d2347c6235b4d2611184',
      '591785b794601e212b260e25925636fd',
    ];
    const app = await CareApp.start(project, toExpressApp(), { SESSION_SECRET: before });
    const id = await logIn(app);
    await poll(() => historyOf(project).text.includes('stored'));
    await app.kill();
    await CareApp.start(project, toExpressApp(), { SESSION_SECRET: after });
    expect(await app.browser.clone().json('/me')).toEqual({});
    await answers(project, /^The session was stored with another key, and opens again with it/);
    await answers(project, /^The session was stored with another key, and opens again with it/, id);
  });
});

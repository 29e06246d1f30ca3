import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { share } from '../support/lifetime.ts';
import { poll } from '../support/poll.ts';
import { alterRecord, listRecordFiles } from '../support/record-files.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { CLI } from '../support/tools.ts';
import {
  answers,
  beginCase,
  countStored,
  describeDestroyed,
  describeOtherEnds,
  historyOf,
  logIn,
  TIME,
} from './why-causes.ts';

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

describe('holdover why, of an app in a directory', () => {
  const toCase = share(() => beginCase('filesystem'));

  it('says that no cookie came, or one of another app', async () => {
    const { project, app } = toCase();
    await logIn(app, new Browser(project.app.url));
    await new Browser(project.app.url).text('/me');
    const text = `^No request has missed its session: \`GET /me\` came without the cookie connect\\.sid at ${TIME}, as a first`;
    await answers(project, new RegExp(text));
    for (const cookie of ['connect.sid=s%3Aof-another.c2lnbmF0dXJl', 'connect.sid=of-no-express']) {
      await new Browser(project.app.url).request('/me', { headers: { cookie } });
      const foreign = `^\`GET /me\` came with a cookie connect\\.sid of another app at ${TIME}`;
      await answers(project, new RegExp(foreign));
    }
  });

  describeDestroyed(toCase);

  it('keeps no part of a path that may be a secret', async () => {
    const { project, app } = toCase();
    const { length } = app.running.output;
    const ids: string[] = [];
    for (const [, token] of SECRETS) {
      const browser = new Browser(project.app.url);
      ids.push(await logIn(app, browser));
      const kept = browser.clone();
      const path = `/password-reset/confirm-new-password/${token}`;
      await browser.text(path, { method: 'POST' });
      expect(await kept.json('/me')).toEqual({});
    }
    const text = /^The session was destroyed by `POST \/password-reset\/confirm-new-password\/…`/;
    const said: string[] = [];
    for (const id of ids) said.push(await answers(project, text, id));
    await app.running.printed(/\[holdover\] The session was destroyed/, length);
    const shown = [...said, historyOf(project).text, app.running.output].join('\n');
    for (const [what, token] of SECRETS) expect(shown, what).not.toContain(token);
  });

  it('logs nobody out when it is asked by somebody with another key', async () => {
    const { project, app } = toCase();
    const browser = new Browser(project.app.url);
    const id = await logIn(app, browser);
    const elsewhere = { XDG_STATE_HOME: `${project.env.XDG_STATE_HOME}-elsewhere` };
    const commands = [['why', '--', id], ['ls'], ['doctor'], ['clear', '--yes'], ['prune']];
    await Promise.all(commands.map((words) => project.run(words, elsewhere)));
    expect(await browser.json('/me')).toEqual({ user: 'ada' });
    await answers(project, /^That session is live/, id);
  });

  describeOtherEnds(toCase); // removes the directory in the end

  it('knows over a restart what was destroyed, set aside, and signed with another secret', async () => {
    const { project, app } = toCase();
    const begin = async (): Promise<{ browser: Browser; id: string }> => {
      const browser = new Browser(project.app.url);
      return { browser, id: await logIn(app, browser) };
    };
    const [left, changed, altered] = [await begin(), await begin(), await begin()];
    await left.browser.clone().text('/organizer/logout', { method: 'POST' });
    const { length } = app.running.output;
    await left.browser.clone().json('/me');
    await app.running.printed('The session was destroyed by', length);
    const destroyed = /^The session was destroyed by `POST \/organizer\/logout`/;
    await answers(project, destroyed, left.id);
    await poll(() => countStored(project) > 3);
    await app.kill();

    const secret = "secret: 'another secret of the same app',";
    const other = await CareApp.start(project, toExpressApp(secret));
    const since = other.running.output.length;
    expect(await changed.browser.json('/me')).toEqual({});
    const text = new RegExp(
      `^The secret has changed since the cookie connect\\.sid .*last stored at ${TIME}, was signed: \`GET /me\` was refused at ${TIME}\\.`,
    );
    await answers(project, text);
    await answers(project, text, changed.id);
    await other.running.printed(/\[holdover\] The secret has changed since/, since);
    await other.kill();

    for (const file of listRecordFiles(join(project.app.folder, '.holdover', 'sessions')))
      alterRecord(file);
    const last = await CareApp.start(project, toExpressApp());
    expect(await altered.browser.clone().json('/me')).toEqual({});
    const aside = `^The record of the session was set aside, because it is altered \\(found at ${TIME}\\)\\.`;
    await answers(project, new RegExp(aside));
    await answers(project, new RegExp(aside), altered.id);
    expect(await left.browser.clone().json('/me')).toEqual({});
    await answers(project, destroyed);
    await answers(project, destroyed, left.id);
    expect(last.running.output).not.toContain('destroyed');
  });
});

describe('holdover why, of an app of another kind', () => {
  it('says that the cookie is secure and the request came over http', async () => {
    const project = await CareProject.begin('filesystem');
    const app = await CareApp.start(project, toExpressApp('cookie: { secure: true },'));
    await logIn(app, app.browser);
    expect(await app.browser.json('/me')).toEqual({});
    const text = `^The cookie connect\\.sid is secure and \`GET /me\` came over http at ${TIME}`;
    await answers(project, new RegExp(text));
  });

  it('leaves a session that another key has sealed as it is', async () => {
    const project = await CareProject.begin('filesystem');
    const app = await CareApp.start(project, toExpressApp());
    const id = await logIn(app, app.browser);
    await app.kill();
    const elsewhere = { XDG_STATE_HOME: `${project.env.XDG_STATE_HOME}-elsewhere` };
    await CareApp.start(project, toExpressApp(), elsewhere);
    expect(await app.browser.clone().json('/me')).toEqual({});
    await answers(project, /^That session is live/, id);
  });

  it('knows nothing where nothing has run', async () => {
    const project = await CareProject.begin('filesystem');
    await answers(
      project,
      /^No request is recorded here: holdover records those that miss their session/,
    );
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
    await logIn(app, app.browser);
    await app.browser.text('/organizer/logout', { method: 'POST' });
    expect(historyOf(project).text).toBe('');
  });

  it('knows explicit stores too, and answers under holdover watch', async () => {
    const project = await CareProject.begin('filesystem');
    const imports = "import { createStore, sessionOptions } from 'holdover/express';";
    const code = toExpressApp('...sessionOptions(), store: createStore(),', '', imports);
    const app = await CareApp.start(project, code, {}, [CLI, 'watch', '--no-standby', 'app.js']);
    const id = await logIn(app, app.browser);
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
    const id = await logIn(app, app.browser);
    const kept = app.browser.clone();
    await app.browser.text('/logout', { method: 'POST' });
    expect(await kept.json('/me')).toEqual({});
    await answers(project, /^The session was destroyed by `POST \/logout` at/);
    await answers(project, /^The session was destroyed by `POST \/logout` at/, id);
    await logIn(app, app.browser);
    const last = app.browser.clone();
    await poll(() => countStored(project) > 1);
    await app.kill();
    await CareApp.start(project, project.app.read('app.js'), {
      SECRET: 'another secret of the same app, longer',
    });
    expect(await last.json('/me')).toEqual({});
    await answers(project, /^The secret has changed since the cookie sessionId/);
  });
});

describeWithRedis('holdover why, of an app on Redis', () => {
  const toCase = share(() => beginCase('redis'));
  describeDestroyed(toCase);

  it('says that a record was stored with another key', async () => {
    const project = await CareProject.begin('redis');
    const [before, after] = [
      'b1946ac92492d2347c6235b4d2611184',
      '591785b794601e212b260e25925636fd',
    ];
    const app = await CareApp.start(project, toExpressApp(), { SESSION_SECRET: before });
    const id = await logIn(app, app.browser);
    await poll(() => countStored(project) > 0);
    await app.kill();
    await CareApp.start(project, toExpressApp(), { SESSION_SECRET: after });
    expect(await app.browser.clone().json('/me')).toEqual({});
    await answers(project, /^The session was stored with another key, and opens again with it/);
    await answers(project, /^The session was stored with another key, and opens again with it/, id);
  });
});

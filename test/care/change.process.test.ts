import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { resolveProject } from '../../src/care/project.ts';
import {
  changeSession,
  destroySession,
  explainLogout,
  expireSession,
  listMisses,
  listSessionEvents,
  readSession,
  SessionChangedError,
  type CareOptions,
} from '../../src/care.ts';
import { toRecord } from '../../src/session/record.ts';
import type { SessionStorage } from '../../src/session/storage.ts';
import { toLayout } from '../../src/storage/directory/layout.ts';
import { retire } from '../../src/storage/directory/retired.ts';
import { openStorage } from '../../src/storage/open.ts';
import { Browser } from '../support/browser.ts';
import { ask } from '../support/ask.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { IS_LONG } from '../support/depth.ts';
import { share } from '../support/lifetime.ts';
import { poll } from '../support/poll.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { recordNameOf } from '../support/session-directory.ts';
import { CLI } from '../support/tools.ts';

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
const HOUR = 60 * 60 * 1000;
const BY = { by: 'the inspector' };

/** What the app has in the session that it is asked with, without its cookie; a login that soon ends. */
const ROUTES = `
  app.get('/all', (req, res) => {
    const { cookie, ...data } = req.session;
    res.json(data);
  });
  app.post('/login-for-a-moment', (req, res) => {
    req.session.user = 'ada';
    req.session.cookie.maxAge = 1500;
    res.json({ id: req.sessionID });
  });`;

interface Case {
  project: CareProject;
  app: CareApp;
}

async function begin(type: 'filesystem' | 'redis', words?: string[]): Promise<Case> {
  const project = await CareProject.beginPatiently(type);
  return { project, app: await CareApp.start(project, toExpressApp('', ROUTES), {}, words) };
}

/** A program beside the app, which looks after the same sessions. */
function lookAfter({ app, env, redis }: CareProject): CareOptions {
  vi.stubEnv('XDG_STATE_HOME', env.XDG_STATE_HOME);
  return redis
    ? { root: app.folder, type: 'redis', redis: { url: redis.url, timeout: 10_000 } }
    : { root: app.folder, type: 'filesystem' };
}

function open(options: CareOptions, namespace = 'default'): SessionStorage {
  return openStorage({ ...resolveProject(options), namespace });
}

async function logIn(browser: Browser, path = '/login'): Promise<string> {
  const answer = await browser.json<{ id: string }>(path, { method: 'POST' });
  return answer?.id ?? '';
}

/** The cookie in a stored text, byte for byte. */
function cookieIn(text = ''): string | undefined {
  return /"cookie":\{[^}]*\}/.exec(text)?.[0];
}

function historyOf({ env }: CareProject): string {
  const folder = join(String(env.XDG_STATE_HOME), 'holdover', 'history');
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

/** What another process changes, by the app that runs beside it. */
function describeChange(toCase: () => Case): void {
  it('changes what the app has in its very next request, and nothing else of the session', async () => {
    const { project } = toCase();
    const browser = new Browser(project.app.url);
    const options = lookAfter(project);
    const id = await logIn(browser);
    const facts = await readSession(id, options);
    const storage = open(options, facts?.namespace);
    const change = (
      path: string[],
      value?: unknown,
      more: { was?: unknown } = {},
    ): Promise<boolean> => changeSession(id, { path, value, ...more }, { ...options, ...BY });
    const before = await storage.get(id);

    expect(await change(['user'], 'eve', { was: 'ada' })).toBe(true);
    const after = await storage.get(id);
    expect(cookieIn(before?.text)).toContain('originalMaxAge');
    expect(cookieIn(after?.text)).toBe(cookieIn(before?.text));
    const changed = await readSession(id, options);
    expect(changed).toMatchObject({
      id,
      who: 'eve',
      created: facts?.created,
    });
    expect(Math.abs((after?.expires ?? 0) - (before?.expires ?? 0))).toBeLessThan(60_000);
    expect(await browser.json('/me')).toEqual({ user: 'eve' });

    // What somebody has seen that is no longer there.
    await expect(change(['user'], 'bob', { was: 'ada' })).rejects.toThrow(SessionChangedError);
    await expect(change(['cart'], [], { was: [] })).rejects.toThrow('has changed meanwhile');
    await expect(change(['cart', '0'], 1, { was: 1 })).rejects.toThrow('has changed meanwhile');

    // Lists, and members that are new or go.
    expect(await change(['cart'], [1, { n: 2 }], { was: undefined })).toBe(true);
    expect(await change(['cart', '1', 'n'], null, { was: 2 })).toBe(true);
    expect(await change(['cart', '2'], 'a "quoted" text')).toBe(true);
    expect(await change(['cart', '0'])).toBe(true);
    expect(await change(['user'])).toBe(true);
    expect(await browser.json('/all')).toEqual({ cart: [{ n: null }, 'a "quoted" text'] });

    for (const path of [
      [],
      ['__proto__', 'x'],
      ['cart', '7'],
      ['none', 'deep'],
      ['cookie', 'path'],
    ])
      await expect(change(path, 'x')).rejects.toThrow(TypeError);
    const values = [new Date(), { n: undefined }, [Number.NaN], 1n, JSON.parse('{"__proto__":1}')];
    for (const value of values) await expect(change(['x'], value)).rejects.toThrow(TypeError);
    expect(await changeSession('nobody', { path: ['x'], value: 1 }, options)).toBe(false);
    expect(await browser.json('/all')).toEqual({ cart: [{ n: null }, 'a "quoted" text'] });

    const begun = new RegExp(`^The session was (created|stored, to expire at ${TIME})\\.$`);
    // The app writes that a little later.
    const events = await poll(async () => {
      const all = await listSessionEvents(id, options);
      return begun.test(all[0]?.sentence ?? '') ? all : undefined;
    });
    const sentences = events.map(({ sentence }) => sentence);
    expect(sentences.at(-1)).toBe('The data was changed by the inspector.');
    expect(JSON.stringify(events)).not.toContain(id);
  });
}

/** What another process ends. */
function describeEnd(toCase: () => Case): void {
  it('ends a session, which the app says, and everybody who asks', async () => {
    const { project, app } = toCase();
    const browser = new Browser(project.app.url);
    const options = lookAfter(project);
    const id = await logIn(browser);
    const { namespace = '' } = (await readSession(id, options)) ?? {};
    const namespaces = [namespace];
    const cookie = browser.cookie('connect.sid') ?? '';
    const kept = browser.clone();
    expect(await destroySession(id, { ...options, ...BY, namespaces })).toBe(true);
    expect(await browser.json('/me')).toEqual({});
    expect(await destroySession(id, options)).toBe(false);
    expect(await open(options, namespace).set(id, toRecord('{}', 1), HOUR)).toBe(false); // it is refused
    const destroyed = new RegExp(`^The session was destroyed by the inspector at ${TIME}\\.\\n?$`);
    expect((await ask(project, ['why', '--', `connect.sid=${cookie}`])).stdout).toMatch(destroyed);
    await app.running.printed('[holdover] The session was destroyed by the inspector at');
    const [last] = await poll(async () => {
      const misses = await listMisses(options);
      return misses[0]?.cause === 'destroyed' ? misses : undefined;
    });
    expect(last?.sentence).toMatch(destroyed);

    const other = new Browser(project.app.url);
    const second = await logIn(other);
    expect(await expireSession(second, { ...options, namespaces })).toBe(true);
    expect(await readSession(second, options)).toBeUndefined();
    expect(await other.clone().json('/me')).toEqual({});
    expect(await expireSession(second, { ...options, namespaces })).toBe(false);
    const expired = new RegExp(`^The session was expired by a program at ${TIME}\\.$`);
    expect(await explainLogout(`connect.sid=${other.cookie('connect.sid')}`, options)).toEqual({
      cause: 'expired',
      sentence: expect.stringMatching(expired) as string,
    });
    const misses = await poll(async () => {
      const found = await listMisses(options);
      return found[0]?.cause === 'expired' ? found : undefined;
    });
    expect(misses.map(({ cause }) => cause)).toEqual(['expired', 'destroyed']);
    expect(misses[0]?.sentence).toMatch(expired);
    expect(misses.map(({ at }) => -at)).toEqual(
      misses.map(({ at }) => -at).toSorted((a, b) => a - b),
    );
    for (const secret of [id, second]) expect(JSON.stringify(misses)).not.toContain(secret);

    const past = (await listSessionEvents(id, options)).map(({ sentence }) => sentence);
    expect(past.slice(-2)).toEqual([
      'The session was destroyed by the inspector.',
      '`GET /me` missed the session, because it had been destroyed.',
    ]);
    expect(await kept.json('/me')).toEqual({});
  });
}

describe('one session of a directory, beside holdover watch', () => {
  const toCase = share(() => begin('filesystem', [CLI, 'watch', '--no-standby', 'app.js']));
  describeChange(toCase);
  describeEnd(toCase);

  it('is not edited when it is no login, and named by its namespace where there are two', async () => {
    const project = await CareProject.begin('filesystem');
    const options = lookAfter(project);
    const change = { path: ['user'], value: 'eve' };
    expect(await destroySession('one', { ...options, namespaces: ['default'] })).toBe(false);
    expect(existsSync(join(project.app.folder, '.holdover'))).toBe(false); // nothing is made
    for (const name of ['mcp-clients', 'oidc-tokens', 'default', 'other'])
      await open(options, name).set(name === 'other' ? 'default' : name, toRecord('{}', 1), HOUR);
    await expect(changeSession('mcp-clients', change, options)).rejects.toThrow(TypeError);
    expect(await destroySession('mcp-clients', options)).toBe(true);
    for (const end of [destroySession, expireSession])
      expect(await end('oidc-tokens', options)).toBe(false);
    expect(await changeSession('oidc-tokens', change, options)).toBe(false);
    expect((await open(options, 'oidc-tokens').get('oidc-tokens'))?.text).toBe(toRecord('{}', 1));
    await expect(changeSession('default', change, options)).rejects.toThrow('Several namespaces');
    expect(await changeSession('default', change, { ...options, namespaces: ['other'] })).toBe(
      true,
    );
    expect((await open(options).get('default'))?.text).toBe(toRecord('{}', 1));
    expect((await readSession('default', { ...options, namespaces: ['other'] }))?.who).toBe('eve');
    // As a process leaves it that has died in the middle of a logout.
    const layout = toLayout(resolveProject(options).directory);
    retire(layout, recordNameOf('default', 'other'), Date.now() + HOUR);
    expect(await readSession('default', { ...options, namespaces: ['other'] })).toBeUndefined();
    const inMemory = { ...options, type: 'memory' as const };
    await expect(destroySession('default', inMemory)).rejects.toThrow('seen by their own process');
  });

  it('leaves no history in production', async () => {
    const project = await CareProject.begin('filesystem');
    const options = lookAfter(project);
    for (const id of ['one', 'two']) await open(options).set(id, toRecord('{}', 1), HOUR);
    vi.stubEnv('NODE_ENV', 'production');
    expect(await changeSession('one', { path: ['n'], value: 1 }, options)).toBe(true);
    expect(await destroySession('one', options)).toBe(true);
    expect(await expireSession('two', options)).toBe(true);
    vi.unstubAllEnvs();
    expect(historyOf(project)).toBe('');
  });

  it('is shown with what has happened to it while nobody changed it', async () => {
    const { project } = toCase();
    const browser = new Browser(project.app.url);
    const options = lookAfter(project);
    const since = Date.now();
    await new Browser(project.app.url).json('/me');
    const id = await logIn(browser, '/login-for-a-moment');
    const kept = browser.clone();
    await poll(async () => !(await readSession(id, options)));
    await kept.json('/me');
    const events = await poll(async () => {
      const found = await listSessionEvents(id, options);
      return found.length > 2 ? found : undefined;
    });
    expect(events.map(({ sentence }) => sentence.replace(new RegExp(TIME), 'TIME'))).toEqual([
      'The session was stored, to expire at TIME.',
      'The session expired.',
      '`GET /me` missed the session, because there was no record of it.',
    ]);
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted());
    const misses = await listMisses(options);
    const own = misses.filter(({ at }) => at >= since);
    expect(own.map(({ cause }) => cause)).toEqual(['expired']);
  });
});

describeWithRedis('one session in Redis', () => {
  const toCase = share(() => begin('redis'));
  describeChange(toCase);
  if (IS_LONG) describeEnd(toCase);
});

import { expect, it } from 'vitest';
import { HAS_REDIS, RedisServer } from '../support/redis-server.ts';
import { Story, type Subject } from './story.ts';
import { TOOLS } from './tools.ts';

type Place = 'a directory' | 'Redis';

/**
 * Apps that have a store of ours in their code, what they have beside holdover, and where their sessions are.
 * Of those alike (bots, stores of sessions, stores of any values) each place has one; the contract of the entries
 * has all of both.
 */
const APPS: [fixture: string, place: Place, packages: string[]][] = [
  ['better-auth', 'Redis', ['better-auth']],
  ['grammy', 'a directory', ['grammy']],
  ['hono', 'Redis', ['hono', 'hono-sessions', '@hono/node-server']],
  ['koa', 'a directory', ['koa', 'koa-session']],
  ['react-router', 'Redis', ['react-router']],
  ['telegraf', 'Redis', ['telegraf']],
  ['unstorage', 'a directory', ['unstorage']],
];

const possible = APPS.filter(([, place]) => HAS_REDIS || place !== 'Redis');
if (!HAS_REDIS) it.skip('on Redis (skipped: there is no redis-server on the PATH)', () => {});

async function toRedis(): Promise<NodeJS.ProcessEnv> {
  return { SESSION_TYPE: 'redis', REDIS_URL: (await RedisServer.start()).url };
}

function toSubject(fixture: string, packages: string[]): Subject {
  return {
    name: fixture,
    fixture,
    packages: [...packages, '@keyv/redis'],
    entry: 'server.js',
    versionFile: 'version.js',
    version: (version) => `export const version = '${version}';\n`,
  };
}

const watch = TOOLS[0] as (typeof TOOLS)[number];

it.each(possible)(
  'an app with holdover/%s under holdover watch, on %s, keeps its login, and its logout',
  async (fixture, place, packages) => {
    const env = place === 'Redis' ? await toRedis() : {};
    const story = await Story.begin(watch, toSubject(fixture, packages), env);
    await story.login('ada');
    expect(await story.save()).toMatchObject({ user: 'ada' });

    const thief = story.browser.clone();
    await story.browser.request('/logout', { method: 'POST' });
    const me = await story.save();
    expect(me.user).toBeUndefined();
    expect((await story.answers(me.version, thief)).user).toBeUndefined();
    // Who was logged out can log in again.
    await story.login('grace');
    const { visits = 0 } = await story.answers();
    const after = await story.killEverythingAndStart();
    expect(after).toMatchObject({ user: 'grace' });
    expect(after.visits).toBeGreaterThan(visits);
  },
);

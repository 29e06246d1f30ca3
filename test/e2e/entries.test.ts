import { describe, expect, it } from 'vitest';
import { HAS_REDIS, RedisServer } from '../support/redis-server.ts';
import { Story, type Subject } from './story.ts';
import { TOOLS } from './tools.ts';

/** Apps that have a store of ours in their code: what they are, and what they have beside holdover. */
const APPS: [fixture: string, packages: string[]][] = [
  ['better-auth', ['better-auth']],
  ['grammy', ['grammy']],
  ['hono', ['hono', 'hono-sessions', '@hono/node-server']],
  ['koa', ['koa', 'koa-session']],
  ['react-router', ['react-router']],
  ['telegraf', ['telegraf']],
  ['unstorage', ['unstorage']],
];

const PLACES: [string, () => Promise<NodeJS.ProcessEnv>][] = [
  ['a directory', async () => ({})],
  ...(HAS_REDIS ? [['Redis', toRedis] as [string, () => Promise<NodeJS.ProcessEnv>]] : []),
];
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

describe.each(APPS)('an app with holdover/%s under holdover watch', (fixture, packages) => {
  it.each(PLACES)('keeps its login, and its logout, on %s', async (_, createPlace) => {
    const story = await Story.begin(watch, toSubject(fixture, packages), await createPlace());
    await story.login('ada');
    const { visits = 0 } = await story.save();
    const after = await story.killEverythingAndStart();
    expect(after).toMatchObject({ user: 'ada' });
    expect(after.visits).toBeGreaterThan(visits);

    const thief = story.browser.clone();
    await story.browser.request('/logout', { method: 'POST' });
    const me = await story.save();
    expect(me.user).toBeUndefined();
    expect((await story.answers(me.version, thief)).user).toBeUndefined();
    // Who was logged out can log in again.
    await story.login('grace');
    expect(await story.save()).toMatchObject({ user: 'grace' });
  });
});

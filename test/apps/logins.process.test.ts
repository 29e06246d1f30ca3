import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { rows } from '../support/depth.ts';
import { openRedisDatabase } from '../support/redis-database.ts';
import { HAS_REDIS } from '../support/redis-server.ts';
import { findTool } from '../support/tools.ts';
import { Story, type LoginApp } from './story.ts';

const HONO = ['hono', 'hono-sessions', '@hono/node-server'];

/** The apps that know nothing of holdover, by what people call them. */
const APPS: Record<string, LoginApp> = {
  'Express, ESM': toLogins('express.js', 'version.js'),
  'Express, CommonJS': toLogins('express.cjs', 'version.cjs'),
  'Express, TypeScript': toLogins('express.ts', 'version.ts'),
  'Fastify, TypeScript': toLogins('fastify.ts', 'version.ts'),
  'Hono, ESM': toLogins('hono.js', 'version.js', HONO),
  'passport, ESM': toLogins('passport.js', 'version.js'),
  'an app with holdover/better-auth': {
    ...toOwn('server.js', ['better-auth'], 'better-auth'),
    needsPort: true,
  },
  'an app with holdover/grammy': toOwn('grammy.js', ['grammy'], 'bots'),
  'an app with holdover/hono': toOwn('hono.js', HONO),
  'an app with holdover/koa': toOwn('koa.js', ['koa', 'koa-session']),
  'an app with holdover/react-router': toOwn('react-router.js', ['react-router']),
  'a Telegraf bot over holdover/keyv': toOwn('telegraf.js', ['keyv', 'telegraf'], 'bots'),
  'an app with holdover/unstorage': toOwn('unstorage.js', ['unstorage']),
};

/**
 * Tool, app, and where its sessions are.
 *
 * Every tool has an app of each kind of code: ES modules, CommonJS, TypeScript. `node --watch` and nodemon start
 * the app by the same command, so a framework has one of the two. Of the apps with a store of ours in their code
 * those that are alike (bots, stores of sessions, stores of any values) have each place once; the contract of the
 * entries has all of both.
 */
const ROWS = [
  toRow('holdover watch', 'Express, ESM'),
  toRow('holdover watch', 'Express, CommonJS'),
  toRow('holdover watch', 'Express, TypeScript'),
  toRow('holdover watch', 'Fastify, TypeScript'),
  toRow('holdover watch', 'Hono, ESM'),
  toRow('holdover watch', 'passport, ESM'),
  toRow('tsx watch', 'Express, CommonJS'),
  toRow('tsx watch', 'Express, TypeScript'),
  toRow('tsx watch', 'Fastify, TypeScript'),
  toRow('tsx watch', 'Hono, ESM'),
  toRow('node --watch', 'Express, ESM'),
  toRow('node --watch', 'Express, CommonJS'),
  toRow('node --watch', 'Fastify, TypeScript'),
  toRow('node --watch', 'Hono, ESM'),
  toRow('nodemon', 'Express, CommonJS'),
  toRow('nodemon', 'Express, TypeScript'),
  toRow('nodemon', 'Hono, ESM'),
  toRow('holdover watch', 'an app with holdover/better-auth', 'Redis'),
  toRow('holdover watch', 'an app with holdover/grammy'),
  toRow('holdover watch', 'an app with holdover/hono', 'Redis'),
  toRow('holdover watch', 'an app with holdover/koa'),
  toRow('holdover watch', 'an app with holdover/react-router', 'Redis'),
  toRow('holdover watch', 'a Telegraf bot over holdover/keyv'),
  toRow('holdover watch', 'an app with holdover/unstorage'),
];

const CHOSEN = rows(
  ROWS,
  'Express, CommonJS under holdover watch',
  'Express, TypeScript under holdover watch',
  'Hono, ESM under holdover watch',
  'passport, ESM under holdover watch',
  'Express, TypeScript under tsx watch',
  'Express, ESM under node --watch',
  'an app with holdover/koa under holdover watch',
  'an app with holdover/react-router under holdover watch, on Redis',
);

function toRow(tool: string, app: string, place: 'a directory' | 'Redis' = 'a directory') {
  return { name: `${app} under ${tool}${place === 'Redis' ? ', on Redis' : ''}`, tool, app, place };
}

function toLogins(entry: string, versionFile: string, packages: string[] = []): LoginApp {
  return { fixture: 'logins', entry, versionFile, packages };
}

/** An app that has a store of ours in its code. */
function toOwn(entry: string, packages: string[], fixture = 'own-stores'): LoginApp {
  return { fixture, entry, versionFile: 'version.js', packages: [...packages, '@keyv/redis'] };
}

if (!HAS_REDIS) it.skip('on Redis (skipped: there is no redis-server on the PATH)', () => {});

const POSSIBLE = CHOSEN.filter(({ place }) => HAS_REDIS || place !== 'Redis');

it.each(POSSIBLE.map((row) => [row.name, row] as const))(
  '%s keeps a login, and a logout, over saves, kills, a mistake and its fix',
  async (_, { tool, app, place }) => {
    const env =
      place === 'Redis' ? { SESSION_TYPE: 'redis', REDIS_URL: openRedisDatabase().url } : {};
    const story = await Story.begin(findTool(tool), APPS[app] as LoginApp, env);
    const { rig } = story;
    await story.login('ada');
    const grace = new Browser(rig);
    await story.login('grace', grace);
    const thief = grace.clone();
    await grace.request('/logout', { method: 'POST' });
    const expectLogout = async (): Promise<void> => {
      expect((await story.answers(grace)).user).toBeUndefined();
      expect((await story.answers(thief)).user).toBeUndefined();
    };

    const before = await story.save();
    expect(before).toMatchObject({ user: 'ada' });
    await expectLogout();
    expect(rig.output).not.toMatch(/warning/i);
    const after = await story.killEverythingAndStart();
    expect(after.user).toBe('ada');
    expect(after.visits).toBeGreaterThan(before.visits as number);
    await expectLogout();

    if (rig.tool.survivesKill) await story.killApp();
    expect(await story.save()).toMatchObject({ user: 'ada' });
    expect(rig.output).not.toMatch(/warning/i);
    await story.saveMistake();
    expect(await story.save()).toMatchObject({ user: 'ada' });
    await story.login('grace', grace); // a client that was logged out may log in again
  },
);

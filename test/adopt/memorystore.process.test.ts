import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { describeWithRedis } from '../support/redis-server.ts';
import { runScript } from '../support/script.ts';

/** As generated apps have it. */
const APP = toExpressApp(
  'store: new (createMemoryStore(session))({ checkPeriod: 86400000 }),',
  '',
  "import createMemoryStore from 'memorystore';",
);

async function begin(type: 'filesystem' | 'redis' = 'filesystem'): Promise<CareProject> {
  const project = await CareProject.beginPatiently(type);
  linkPackage(project.app, 'memorystore');
  return project;
}

const PLACES = [
  { name: 'the directory', type: 'filesystem', describePlace: describe },
  { name: 'Redis', type: 'redis', describePlace: describeWithRedis },
] as const;

for (const { name, type, describePlace } of rows(PLACES, 'the directory'))
  describePlace(`memorystore on ${name}`, () => describeLogin(type));

function describeLogin(type: 'filesystem' | 'redis'): void {
  it('keeps a login over kill -9, and none over a logout or `holdover clear`', async () => {
    const project = await begin(type);
    const app = await CareApp.start(project, APP);
    const { browser } = app;
    await browser.text('/login', { method: 'POST' });
    expect(await browser.json('/me')).toEqual({ user: 'ada' });
    expect(app.running.output).not.toContain('ends with the process');
    await app.kill();
    const next = await CareApp.start(project, APP);
    expect(await browser.json('/me')).toEqual({ user: 'ada' });
    expect((await project.run(['ls'])).stdout).toContain('ada');
    const kept = browser.clone();
    await browser.text('/organizer/logout', { method: 'POST' });
    expect(await kept.json('/me')).toEqual({});
    await browser.text('/login', { method: 'POST' });
    expect(await browser.json('/me')).toEqual({ user: 'ada' });
    await project.run(['clear', '--yes']);
    expect(await browser.json('/me')).toEqual({});
    await next.kill();
  });
}

it('keeps what other parts of an app ask the store for, and heeds its ttl', async () => {
  const project = await begin();
  const script = `
    const session = require('express-session');
    const store = new (require('memorystore')(session))({ ttl: (options, data, id) => (id === 'short' ? 1 : 60_000) });
    session({ secret: 's', resave: false, saveUninitialized: false, store });
    const cookie = { originalMaxAge: null, expires: null };
    const [what] = process.argv.slice(2);
    if (what === 'store') {
      store.set('short', { cookie }, () => store.set('id', { cookie, user: 'ada' }, console.log));
    }
    else store.length((_, length) => store.ids((_, ids) => store.all((_, all) => console.log(length, ids, all.id?.user))));`;
  writeFileSync(join(project.app.folder, 'store.cjs'), script);
  const run = async (word: string): Promise<string> => {
    const words = ['--import', 'holdover/register', 'store.cjs', word];
    return (await runScript(project.app, words, project.env)).stdout.trim();
  };
  expect(await run('store')).toBe('null');
  expect(await run('look')).toBe("1 [ 'id' ] ada");
  expect(existsSync(join(project.app.folder, '.holdover', 'sessions'))).toBe(true);
});

import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { runScript } from '../support/script.ts';

const REGISTER = ['--import', 'holdover/register'];

/** Gives a store to its framework, stores a session with it, and prints what it has then. */
const FRAMEWORKS = {
  'express-session': `
    const session = require('express-session');
    const use = (store) => void session({ secret: 's', resave: false, saveUninitialized: false, store });`,
  '@fastify/session': `
    const session = require('@fastify/session');
    const secret = 'a secret with minimum length of 32 characters';
    const use = (store) => {
      const app = require('fastify')();
      app.register(require('@fastify/cookie')).register(session, { secret, store });
      return app.ready();
    };`,
};

const RUN = `
  const { MemoryStore } = session;
  const kept = new Map();
  const Own = { SUBCLASS };
  const store = new Own.Store();
  Promise.resolve(use(store)).then(() => {
    const show = (error, found) => console.log(found ? found.user : 'nothing', kept.size);
    const [user] = process.argv.slice(2);
    const cookie = { originalMaxAge: null, expires: null };
    if (user) store.set('id', { cookie, user }, () => store.get('id', show));
    else store.get('id', show);
  });
`;

const OWN_SET = `Store: class Own extends MemoryStore {
  set(id, session, callback) { kept.set(id, session); super.set(id, session, callback); }
}`;
const OWN_GET = `Store: class Own extends MemoryStore {
  set(id, session, callback) { kept.set(id, session); callback(null); }
  get(id, callback) { callback(null, kept.get(id)); }
}`;
const MORE = `Store: class Own extends MemoryStore { describe() { return 'mine'; } }`;

describe.each(Object.entries(FRAMEWORKS))('a class over the MemoryStore of %s', (_, framework) => {
  async function begin(subclass: string) {
    const app = await createApp();
    app.write('package.json', '{ "name": "subclass" }');
    app.write('app.js', framework + RUN.replace('SUBCLASS', subclass));
    return async (...words: string[]): Promise<string> =>
      (await runScript(app, [...REGISTER, 'app.js', ...words])).stdout.trim();
  }

  it.each([
    ['its own set', OWN_SET],
    ['its own get and set', OWN_GET],
  ])('is wholly what it is without holdover with %s', async (__, subclass) => {
    const run = await begin(subclass);
    expect(await run('ada')).toBe('ada 1');
    expect(await run()).toBe('nothing 0');
  });

  it('is adopted with methods that a memory store has not', async () => {
    const run = await begin(MORE);
    expect(await run('ada')).toBe('ada 0');
    expect(await run()).toBe('ada 0');
  });
});

import { expect, it } from 'vitest';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { Watched } from '../support/watched.ts';

const PACKAGES = ['koa', 'koa-session'];

const LOADS = [
  { name: 'import', load: "import session from 'koa-session';" },
  {
    name: 'require',
    load: "import { createRequire } from 'node:module'; const { default: session } = createRequire(import.meta.url)('koa-session');",
  },
];

it.each(rows(LOADS, 'import'))(
  'names stores of koa-session in memory, once in all restarts, by $name',
  async ({ load }) => {
    const server = `
    import Koa from 'koa';
    ${load}
    class Basic { async get() {} async set() {} async destroy() {} }
    class SessionMemory extends Basic {}
    class Mapped extends Basic { sessions = new Map(); ttl = 5; }
    class OfRequest extends Basic {}
    class InMemoryOfRequest extends Basic {}
    class RedisStore extends Basic { sessions = new Map(); }
    class Mine extends Basic { cache = new Map(); client = {}; }
    const literal = { ...new Mapped(), get: async () => {}, set: async () => {}, destroy: async () => {} };
    const stores = [new SessionMemory(), new Mapped(), literal, new RedisStore(), new Mine(), new Basic()];
    const all = [...stores.map((store) => ({ store })), ...[OfRequest, InMemoryOfRequest].map((ContextStore) => ({ ContextStore }))];
    for (const options of all) session({ ...options }, new Koa());
    new Koa().listen(process.env.PORT, () => console.log('listening'));`;
    const watched = await Watched.begin({
      files: { 'server.js': server },
      prepare: (app) => PACKAGES.forEach((name) => linkPackage(app, name)),
    });
    await watched.printed(/^listening/);
    await watched.restart(/^listening/);
    const said = [...watched.running.output.matchAll(/in memory \((.*)\), so .*process\. (.*)$/gm)];
    expect(said.map(([, name]) => name).sort()).toEqual([
      'InMemoryOfRequest',
      'Mapped',
      'SessionMemory',
      'an object',
    ]);
    expect(new Set(said.map(([, , remedy]) => remedy))).toEqual(
      new Set([
        'Give it createStore() of holdover/koa, or none, which keeps sessions in the cookie.',
      ]),
    );
  },
);

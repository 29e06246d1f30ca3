// Uses each example of the page "Getting started" as an app would, and prints what it has found. It is run
// beside them: all of them in one process, which counts visits in each of them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Keyv } from 'keyv';
import { SessionDirectory } from 'holdover/keyv';
import { createStorage } from 'unstorage';

const COOKIES = 'cookies.json';
const cookies = existsSync(COOKIES) ? JSON.parse(readFileSync(COOKIES, 'utf8')) : {};

/** Counts a visit in the session of a request. */
function visit(session) {
  session.user = 'ada';
  session.visits = (session.visits ?? 0) + 1;
  return String(session.visits);
}

/** Visits a server as a browser that has been there before, if it has. */
async function ask(name, request) {
  const response = await request({ cookie: cookies[name] ?? '' });
  const lines = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  if (lines.length > 0) cookies[name] = lines.join('; ');
  return Number(await response.text());
}

/** Visits a server of Node. */
function askServer(name, server) {
  return ask(name, (headers) => fetch(`http://localhost:${server.address().port}/`, { headers }));
}

async function listen(handler) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, resolve));
  return server;
}

/** A message to a bot. */
const person = { id: 7, is_bot: false, first_name: 'Ada' };
const chat = { id: 7, type: 'private', first_name: 'Ada' };
const update = {
  update_id: 1,
  message: { message_id: 1, date: 1, text: 'Hi', chat, from: person },
};

/** Has a bot count a pizza. */
async function order(bot) {
  let pizzas;
  bot.botInfo = { id: 1, is_bot: true, username: 'bot' };
  bot.on('message', (ctx) => (pizzas = ++ctx.session.pizzas));
  await bot.handleUpdate(update);
  return pizzas;
}

/** Counts up what is under a key. */
async function count({ get, set }) {
  const found = Number((await get()) ?? 0) + 1;
  await set(found);
  return found;
}

const uses = {
  async express() {
    const { app } = await import('./express.js');
    app.get('/', ({ session }, res) => {
      const visits = visit(session);
      session.save(() => res.end(visits));
    });
    return askServer('express', await listen(app));
  },
  async fastify() {
    const { app } = await import('./fastify.js');
    app.get('/', async ({ session }) => visit(session));
    await app.ready();
    return askServer('fastify', await listen(app.routing));
  },
  async hono() {
    const { app } = await import('./hono.js');
    app.get('/', (c) => {
      const session = c.get('session');
      session.set('visits', (session.get('visits') ?? 0) + 1);
      return c.text(String(session.get('visits')));
    });
    return ask('hono', (headers) => app.request('/', { headers }));
  },
  async koa() {
    const { app } = await import('./koa.js');
    app.use((ctx) => (ctx.body = visit(ctx.session)));
    return askServer('koa', await listen(app.callback()));
  },
  async oidcProvider() {
    const { adapter } = (await import('./provider.js')).provider.Client;
    return count({
      get: async () => (await adapter.find('n'))?.n,
      set: (n) => adapter.upsert('n', { n }),
    });
  },
  async reactRouter() {
    const { getSession, commitSession } = await import('./app/sessions.server.ts');
    return ask('react-router', async ({ cookie }) => {
      const session = await getSession(cookie);
      session.set('visits', (session.get('visits') ?? 0) + 1);
      const headers = { 'set-cookie': await commitSession(session) };
      return new Response(session.get('visits'), { headers });
    });
  },
  async unstorage() {
    const { storage } = await import('./storage.ts');
    return count({ get: () => storage.get('n'), set: (n) => storage.set('n', n) });
  },
  /** As Nitro does it: the driver is the module with that name, and gets the rest as its options. */
  async nitro() {
    const { driver, ...rest } = (await import('./nitro.config.ts')).default.storage.data;
    const storage = createStorage({ driver: (await import(driver)).default(rest) });
    return count({ get: () => storage.get('m'), set: (n) => storage.set('m', n) });
  },
  async astro() {
    const { entrypoint, config } = (await import('./astro.config.ts')).default.session.driver;
    const storage = createStorage({ driver: (await import(entrypoint)).default(config) });
    return count({ get: () => storage.get('o'), set: (n) => storage.set('o', n) });
  },
  async betterAuth() {
    const { secondaryStorage } = (await import('./auth.ts')).auth.options;
    return count({
      get: () => secondaryStorage.get('n'),
      set: (n) => secondaryStorage.set('n', String(n), 60),
    });
  },
  grammy: async () => order((await import('./grammy.ts')).bot),
  telegraf: async () => order((await import('./telegraf.ts')).bot),
  async store() {
    const { greet, sessions } = await import('./store.js');
    const before = await sessions.get('an-id');
    if ((await greet('an-id')) !== 'Hello, ada!') throw new Error('Nobody is greeted.');
    return before ? 2 : 1;
  },
  async keyv() {
    const directory = new SessionDirectory({ directory: '.holdover/carts' });
    const before = await new Keyv(directory, { namespace: 'carts' }).get('ada');
    const { carts } = await import('./carts.ts');
    if ((await carts.get('ada')).tea !== 2) throw new Error('There is no cart.');
    return before ? 2 : 1;
  },
};

const visits = {};
for (const [name, use] of Object.entries(uses)) visits[name] = await use();
writeFileSync(COOKIES, JSON.stringify(cookies));
console.log(JSON.stringify(visits));
process.kill(process.pid, 'SIGKILL');

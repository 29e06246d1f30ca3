/**
 * One server of the benchmark. Copied into a project folder of its own before it is started there.
 *
 * node app.js <store> [port of Redis]
 */
import { callbackify } from 'node:util';
import express from 'express';
import session from 'express-session';

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** Fills a session up to about 500 bytes of JSON. */
const PROFILE = {
  email: 'somebody.with.a.name@example.com',
  roles: ['member', 'editor', 'treasurer'],
  locale: 'de-AT',
  csrf: '5b2f0d7c9a41e83f6d5c4b3a2918070f5b2f0d7c9a41e83f6d5c4b3a2918070f',
  cart: [
    { sku: 'A-1048-XL', title: 'Wool blanket', quantity: 1, price: 4990 },
    { sku: 'B-2210-S', title: 'Enamel mug', quantity: 4, price: 1290 },
  ],
  flash: 'Your order was placed and will be sent tomorrow.',
};

const createStore = {
  memory: () => new session.MemoryStore(),
  holdover: () => new session.MemoryStore(), // adopted, by --import
  'holdover-redis': () => new session.MemoryStore(), // adopted, on Redis
  'session-file-store': async () => {
    const { default: createFileStore } = await import('session-file-store');
    const FileStore = createFileStore(session);
    return new FileStore({ path: 'sessions', logFn() {} });
  },
  'keyv-file': async () => {
    const { Keyv } = await import('keyv');
    const { KeyvFile } = await import('keyv-file');
    const keyv = new Keyv({ store: new KeyvFile({ filename: 'sessions', separatedFile: true }) });
    // Without `touch`, which spares it a write on every read.
    return Object.assign(new session.Store(), {
      get: callbackify((id) => keyv.get(id)),
      set: callbackify((id, data) => keyv.set(id, data, data.cookie.originalMaxAge)),
      destroy: callbackify((id) => keyv.delete(id)),
    });
  },
  'connect-redis': async () => {
    const { RedisStore } = await import('connect-redis');
    const { createClient } = await import('redis');
    const client = createClient({ url: `redis://127.0.0.1:${process.argv[3]}` });
    client.on('error', (error) => console.error(error));
    await client.connect();
    return new RedisStore({ client });
  },
};

const store = await createStore[process.argv[2]]();
const app = express();
app.use(
  session({
    store,
    secret: 'a secret of the benchmark, and of nobody else',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: WEEK },
  }),
);
app.post('/login/:user', (request, response) => {
  Object.assign(request.session, { user: request.params.user, count: 0, profile: PROFILE });
  response.json({ user: request.session.user });
});
app.get('/', (request, response) => {
  response.json({ user: request.session.user });
});
app.post('/count', (request, response) => {
  request.session.count++;
  response.json({ user: request.session.user, count: request.session.count });
});

const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.once('disconnect', () => process.exit()); // whoever wanted the answers is gone

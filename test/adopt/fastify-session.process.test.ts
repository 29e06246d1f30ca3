import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { runScript } from '../support/script.ts';

const REGISTER = ['--import', 'holdover/register'];

const APP = `
  import cookie from '@fastify/cookie';
  import session, { fastifySession, MemoryStore, Store } from '@fastify/session';
  import Fastify from 'fastify';

  const app = Fastify();
  await app.register(cookie);
  const options = { secret: 'a secret with at least thirty-two characters', cookie: { secure: false, maxAge: 60_000 } };
  await app.register(session, options);
  app.get('/', async (request) => {
    request.session.visits = (request.session.visits ?? 0) + 1;
    return { visits: request.session.visits };
  });
  let headers = process.argv[2] ? { cookie: process.argv[2] } : {};
  const answers = [];
  for (let i = 0; i < 3; i++) {
    const response = await app.inject({ url: '/', headers });
    answers.push(response.json().visits);
    if (response.cookies[0]) headers = { cookie: 'sessionId=' + encodeURIComponent(response.cookies[0].value) };
  }
  console.log(JSON.stringify({ answers, cookie: headers.cookie, same: fastifySession === session, store: MemoryStore === Store }));
`;

/** The beginning of an app whose session is still to be registered. */
const HEAD = `
  import cookie from '@fastify/cookie';
  import session from '@fastify/session';
  import Fastify from 'fastify';
  const app = Fastify();
  await app.register(cookie);`;

describe('the memory store of @fastify/session, adopted', () => {
  it('answers as it does without holdover, and holds sessions over', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "fastify-app", "type": "module" }');
    app.write('app.js', APP);
    const run = async (flags: string[], ...args: string[]) =>
      JSON.parse((await runScript(app, [...flags, 'app.js', ...args])).stdout);

    const without = await run([]);
    const first = await run(REGISTER);
    expect({ ...first, cookie: '' }).toEqual({ ...without, cookie: '' });
    expect(first.answers).toEqual([1, 2, 3]);
    expect((await run(REGISTER, first.cookie)).answers).toEqual([4, 5, 6]);
    expect((await run([], without.cookie)).answers).toEqual([1, 2, 3]);
  });

  it('answers within the call: handlers that return nothing answer once, log in and log out', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "fastify-app", "type": "module" }');
    app.write(
      'app.js',
      `${HEAD}
       await app.register(session, { secret: 'a secret with at least thirty-two characters', cookie: { secure: false } });
       app.get('/login', async (request, reply) => { request.session.user = 'ada'; reply.send('in'); });
       app.get('/again', async (request, reply) => { request.session.regenerate(); reply.send('new'); });
       app.get('/away', async (request, reply) => { reply.redirect('/me'); });
       app.get('/logout', async (request, reply) => { request.session.destroy(); reply.send('out'); });
       app.get('/hooked', { onRequest: async (request, reply) => { reply.send('early'); } }, async () => 'late');
       app.get('/me', async (request, reply) => { reply.send(request.session.user ?? 'nobody'); });
       const headers = {};
       for (const url of ['/login', '/me', '/away', '/hooked', '/again', '/me', '/login', '/logout', '/me']) {
         const response = await app.inject({ url, headers });
         const [given] = response.cookies;
         if (given) headers.cookie = 'sessionId=' + encodeURIComponent(given.value);
         console.log(url, response.statusCode, response.body, given ? 'cookie' : '');
       }
       process.on('exit', () => console.log('ended by itself'));`,
    );
    const without = await runScript(app, ['app.js']);
    expect(without.stdout).toContain('/me 200 ada');
    expect((await runScript(app, [...REGISTER, 'app.js'])).stdout).toBe(without.stdout);
  });

  it('gives a copy for the map of its store, and says once what to use', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "fastify-app", "type": "module" }');
    app.write(
      'app.js',
      `import { MemoryStore } from '@fastify/session';
       ${HEAD}
       const store = new MemoryStore();
       await app.register(session, { store, secret: 'a secret with at least thirty-two characters', cookie: { secure: false } });
       app.get('/login', async (request) => { request.session.user = 'ada'; return request.session.sessionId; });
       const { body } = await app.inject('/login');
       console.log(store.store.get(body).user, store.store.size);
       store.get(body, (error, found) => console.log(error, found.user));`,
    );
    const { stdout, stderr } = await runScript(app, [...REGISTER, 'app.js']);
    expect(stdout).toBe('ada 1\nnull ada\n');
    expect(
      stderr.match(/property store of a memory store is a copy.*Use store\.get\(/g),
    ).toHaveLength(1);
  });

  it('lets an app that makes its own ids give one out again', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "fastify-app", "type": "module" }');
    app.write(
      'app.js',
      `${HEAD}
       await app.register(session, {
         secret: 'a secret with at least thirty-two characters',
         cookie: { secure: false },
         idGenerator: (request) => request.headers['x-device'],
       });
       app.get('/login', async (request) => { request.session.user = 'ada'; return 'in'; });
       app.get('/logout', async (request) => { await request.session.destroy(); return 'out'; });
       app.get('/again', async (request) => { await request.session.regenerate(); request.session.user = 'ada2'; return 'again'; });
       app.get('/me', async (request) => request.session.user ?? 'nobody');
       let headers = { 'x-device': 'phone' };
       const seen = [];
       for (const url of ['/login', '/me', '/logout', '/login', '/me', '/again', '/me']) {
         const response = await app.inject({ url, headers });
         if (response.cookies[0]) headers = { ...headers, cookie: 'sessionId=' + encodeURIComponent(response.cookies[0].value) };
         seen.push(response.body);
       }
       console.log(seen.join(' '));`,
    );
    const without = await runScript(app, ['app.js']);
    expect(without.stdout).toBe('in ada out in ada again ada2\n');
    expect((await runScript(app, [...REGISTER, 'app.js'])).stdout).toBe(without.stdout);
  });
});

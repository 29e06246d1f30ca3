import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { CareApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');

/** Users are in memory, as generated apps have them, and get an id of their own in each process. */
const USERS = `
  import { randomUUID } from 'node:crypto';
  const users = new Map();
  const add = (name) => {
    const user = { id: randomUUID(), name };
    users.set(user.id, user);
    return user;
  };
  let isDown = false;
  const turn = (database) => (isDown = database === 'off');
  const find = (id) => {
    if (isDown) throw new Error('the database is down');
    return users.get(id);
  };`;

const EXPRESS = `${USERS}
  import express from 'express';
  import session from 'express-session';
  import passport from 'passport';
  import { Strategy } from 'passport-local';
  passport.use(new Strategy((name, _password, done) => done(null, add(name))));
  passport.serializeUser((user, done) => done(null, user.id));
  passport.deserializeUser((id, done) => done(null, find(id)));
  const app = express();
  app.use(express.json());
  app.post('/database/:state', (req, res) => res.json({ isDown: turn(req.params.state) }));
  app.use(session({ secret: 'a secret of thirty-two characters', resave: false, saveUninitialized: false }));
  app.use(passport.initialize());
  app.use(passport.session());
  app.post('/login', passport.authenticate('local'), (req, res) => res.json({ user: req.user.name }));
  app.post('/forget', (req, res) => { users.clear(); res.json({}); });
  app.post('/count', (req, res) => { req.session.count = 1; res.json({}); });
  app.get('/me', (req, res) => res.json({ user: req.user?.name ?? null, count: req.session.count }));
  app.use((error, _req, res, _next) => res.status(500).json({ error: error.message }));
  app.listen(process.env.PORT, () => console.log('listening'));`;

const FASTIFY = `${USERS}
  import Fastify from 'fastify';
  import cookie from '@fastify/cookie';
  import session from '@fastify/session';
  import { Authenticator, Strategy } from '@fastify/passport';
  const passport = new Authenticator();
  class Named extends Strategy {
    authenticate({ body }) { this.success(add(body.username)); }
  }
  passport.use(new Named('local'));
  passport.registerUserSerializer(async ({ id }) => id);
  passport.registerUserDeserializer(async (id) => find(id));
  const app = Fastify();
  app.post('/database/:state', async ({ params }) => ({ isDown: turn(params.state) }));
  await app.register(cookie);
  await app.register(session, {
    secret: 'a secret of thirty-two characters', cookie: { secure: false }, saveUninitialized: false,
  });
  await app.register(passport.initialize());
  await app.register(passport.secureSession());
  const isIn = { preValidation: passport.authenticate('local', { authInfo: false }) };
  app.post('/login', isIn, async ({ user }) => ({ user: user.name }));
  app.post('/forget', async () => { users.clear(); return {}; });
  app.post('/count', async ({ session }) => { session.count = 1; return {}; });
  app.get('/me', async ({ user, session }) => ({ user: user?.name ?? null, count: session.count }));
  app.setErrorHandler((error, _request, reply) => reply.code(500).send({ error: error.message }));
  await app.listen({ port: Number(process.env.PORT) });
  console.log('listening');`;

/** Installs another version of passport in an app: a copy, for Node looks at where a link leads. */
function installPassport({ app }: CareProject, name: string): void {
  const folder = join(app.folder, 'node_modules', 'passport');
  rmSync(folder, { recursive: true });
  cpSync(join(MODULES, name), folder, { recursive: true });
  for (const needed of ['passport-strategy', 'pause', 'utils-merge']) linkPackage(app, needed);
}

const post = (browser: Browser, path: string, username?: string): Promise<Response> =>
  browser.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'any' }),
  });

type Browsers = [Browser, Browser, Browser, Browser];

const SAID = 'A session was kept and its user was not';

it.each([
  ['passport-0.4', EXPRESS],
  ['passport-0.6', EXPRESS],
  ['passport', EXPRESS],
  ['@fastify/passport', FASTIFY],
])(
  'takes a login for a logout whose user %s no longer finds after a restart',
  async (name, code) => {
    const project = await CareProject.begin('filesystem');
    linkPackage(project.app, '@fastify/passport');
    if (name.startsWith('passport-')) installPassport(project, name);
    const { url } = project.app;
    const ask = async (browser: Browser): Promise<unknown> => (await browser.request('/me')).json();
    const [ada, bob, dan, visitor] = [1, 2, 3, 4].map(() => new Browser(url)) as Browsers;
    const gone = { error: expect.stringMatching(/^Failed to deserialize user out of session/) };

    const first = await CareApp.start(project, code);
    await post(visitor, '/count');
    await post(ada, '/login', 'ada');
    await post(bob, '/login', 'bob');
    await post(dan, '/login', 'dan');
    expect(await ask(ada)).toEqual({ user: 'ada' });
    await first.kill();

    const { running } = await CareApp.start(project, code);
    // Any other error of a deserializer is the app's.
    await post(visitor.clone(), '/database/off');
    expect(await ask(dan)).toEqual({ error: 'the database is down' });
    expect(running.output).not.toContain(SAID);
    await post(visitor.clone(), '/database/on');

    expect(await ask(ada)).toEqual({ user: null });
    expect(await ask(bob)).toEqual({ user: null });
    await running.printed(SAID);
    expect(running.output.split(SAID)).toHaveLength(2); // once
    const why = 'The session was there and its user was not, so `GET /me` counted as logged out at';
    await poll(async () => (await project.run(['why'])).stdout.startsWith(why));
    await post(ada, '/login', 'ada');
    expect(await ask(ada)).toEqual({ user: 'ada' });

    // What this process has made is its own: the app itself forgets whom it has logged in.
    expect(await ask(visitor)).toEqual({ user: null, count: 1 });
    await post(visitor, '/login', 'grace');
    await post(visitor, '/forget');
    expect(await ask(visitor.clone())).toEqual(gone);
    expect(await ask(ada.clone())).toEqual(gone);
  },
);

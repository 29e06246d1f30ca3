import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { CareProject } from '../support/care-project.ts';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { poll } from '../support/poll.ts';
import { start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');

/** The storage of a generated app: users in a Map, which ends with the process. */
const STORAGE = `
  class Users extends Map {
    static isDown = false;
    get(id) {
      if (Users.isDown) throw new Error('the database is down');
      return super.get(id);
    }
    has(id) { return this.get(id) !== undefined; }
  }
  const turn = (state) => { Users.isDown = state === 'off'; return {}; };
  class MemStorage {
    users = new Users(new Map());
    async getUser(id) { return this.users.get(id); }
    createUser(username) {
      const user = { id: crypto.randomUUID(), username };
      this.users.set(user.id, user);
      return user;
    }
  }
  export const storage = new MemStorage();
  export const users = storage.users;
  export { turn };`;

const toExpress = (deserialize: string): string => `
  import express from 'express';
  import session from 'express-session';
  import passport from 'passport';
  import { Strategy as LocalStrategy } from 'passport-local';
  import { storage, turn, users } from './storage.js';
  import './version.js';
  passport.use(new LocalStrategy((name, _password, done) => done(null, storage.createUser(name))));
  passport.serializeUser((user, done) => done(null, user.id));
  passport.deserializeUser(${deserialize});
  const app = express();
  app.use(express.json());
  app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }));
  app.use(passport.initialize());
  app.use(passport.session());
  app.post('/database/:state', (req, res) => res.json(turn(req.params.state)));
  app.get('/health', (req, res) => res.send('ok'));
  app.post('/login', passport.authenticate('local'), (req, res) => res.json({ user: req.user.username }));
  app.get('/me', (req, res) => res.json({ user: req.user?.username ?? null }));
  app.use((error, _req, res, _next) => res.status(500).json({ error: error.message }));
  app.listen(process.env.PORT);`;

const toFastify = (deserialize: string): string => `
  import Fastify from 'fastify';
  import cookie from '@fastify/cookie';
  import session from '@fastify/session';
  import { Authenticator, Strategy } from '@fastify/passport';
  import { storage, turn, users } from './storage.js';
  import './version.js';
  const passport = new Authenticator();
  class Named extends Strategy {
    authenticate({ body }) { this.success(storage.createUser(body.username)); }
  }
  passport.use(new Named('local'));
  passport.registerUserSerializer(async ({ id }) => id);
  passport.registerUserDeserializer(${deserialize});
  const app = Fastify();
  await app.register(cookie);
  await app.register(session, { secret: 'a secret of thirty-two characters', cookie: { secure: false }, saveUninitialized: false });
  app.post('/database/:state', async ({ params }) => turn(params.state));
  app.get('/health', async () => 'ok');
  await app.register(passport.initialize());
  await app.register(passport.secureSession());
  const isIn = { preValidation: passport.authenticate('local', { authInfo: false }) };
  app.post('/login', isIn, async ({ user }) => ({ user: user.username }));
  app.get('/me', async ({ user }) => ({ user: user?.username ?? null }));
  app.setErrorHandler((error, _request, reply) => reply.code(500).send({ error: error.message }));
  await app.listen({ port: Number(process.env.PORT) });`;

/** The forms in which apps say that there is no such user. */
const FORMS = [
  ['false', '(id, done) => done(null, users.get(id) ?? false)'],
  ['null', '(id, done) => done(null, users.get(id) ?? null)'],
  ['undefined', '(id, done) => done(null, users.get(id))'],
  [
    'a promise',
    'async (id, done) => { try { done(null, await storage.getUser(id)); } catch (error) { done(error, null); } }',
  ],
  [
    'an error',
    "(id, done) => { const user = users.get(id); if (!user) return done(new Error('User not found')); done(null, user); }",
  ],
  [
    'an error and false',
    "(id, done) => users.has(id) ? done(null, users.get(id)) : done(new Error('No such user: ' + id), false)",
  ],
] as const;

const FASTIFY_FORMS = [
  ['false', 'async (id) => users.get(id) ?? false'],
  ['null', 'async (id) => users.get(id) ?? null'],
  ['undefined', 'async (id) => users.get(id)'],
  [
    'an error',
    "async (id) => { const user = await storage.getUser(id); if (!user) throw new Error('User not found'); return user; }",
  ],
] as const;

const FALSE = FORMS[0][1];

const IMPORTS = "import { storage, turn, users } from './storage.js';";

/** The advice where the users are in that file. */
const toKeep = (file: string): string =>
  `write "holdover": { "keep": ["${file}"] } into package.json, and users survive a restart.`;

const IN_STORAGE = { storage: STORAGE, advice: toKeep('server/storage.js') };

const APPS = [
  {
    name: 'users in the entry',
    version: 'passport',
    cookie: 'connect.sid',
    code: toExpress(FALSE).replace(IMPORTS, STORAGE),
    storage: '',
    advice: toKeep('server/index.js'),
  },
  {
    name: 'users in a file that is not known',
    version: 'passport',
    cookie: 'connect.sid',
    code: toExpress(FALSE),
    storage: STORAGE.replaceAll('MemStorage', 'Storage'),
    advice:
      'name the file of the users under "keep" (see: holdover doctor --state), or keep them in a database.',
  },
  ...['passport-0.4', 'passport-0.6', 'passport'].flatMap((version) =>
    FORMS.map(([form, deserialize]) => ({
      name: `${version}, ${form}`,
      version,
      cookie: 'connect.sid',
      code: toExpress(deserialize),
      ...IN_STORAGE,
    })),
  ),
  ...FASTIFY_FORMS.map(([form, deserialize]) => ({
    name: `@fastify/passport, ${form}`,
    version: '@fastify/passport',
    cookie: 'sessionId',
    code: toFastify(deserialize),
    ...IN_STORAGE,
  })),
];

/** Installs another version of passport in an app: a copy, for Node looks at where a link leads. */
function installPassport({ app }: CareProject, version: string): void {
  if (version === 'passport') return;
  linkPackage(app, '@fastify/passport');
  if (version.startsWith('@')) return;
  const folder = join(app.folder, 'node_modules', 'passport');
  rmSync(folder, { recursive: true });
  cpSync(join(MODULES, version), folder, { recursive: true });
  for (const needed of ['passport-strategy', 'pause', 'utils-merge']) linkPackage(app, needed);
}

it.each(
  rows(
    APPS,
    'users in a file that is not known',
    'passport, an error and false',
    '@fastify/passport, an error',
  ),
)('names the lost user and keep after a save: $name', async (row) => {
  const { version, cookie, code, storage, advice } = row;
  const lost = `The session was kept and its user was not, so \`GET /me\` counted as logged out at TIME: ${advice}\n`;

  const project = await CareProject.begin('filesystem');
  const { app } = project;
  installPassport(project, version);
  app.write('server/storage.js', storage);
  app.write('server/version.js', 'export const version = 1;');
  app.write('server/index.js', code);
  const running = start(process.execPath, [CLI, 'watch', 'server/index.js'], {
    cwd: app.folder,
    env: { ...project.env, PORT: String(app.port) },
  });
  const [ada, dan] = [new Browser(app.url), new Browser(app.url)];
  const logIn = (browser = ada): Promise<{ user: string }> =>
    poll(() =>
      browser.json<{ user: string }>('/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'ada', password: 'any' }),
      }),
    );
  const why = async (...words: string[]): Promise<string> => {
    const { stdout, stderr } = await project.run(['why', ...words]);
    return (stdout + stderr).replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'TIME');
  };
  expect(await logIn()).toEqual({ user: 'ada' });
  expect(await ada.json('/me')).toEqual({ user: 'ada' });
  await logIn(dan);
  const own = `${cookie}=${ada.cookie(cookie)}`;

  app.write('server/version.js', 'export const version = 2;');
  await running.printed('server/version.js  ');
  const before = ada.clone();
  // Any other error of a deserializer is the app's; @fastify/passport logs out after each of them.
  const visitor = new Browser(app.url);
  expect(await poll(() => visitor.json('/database/off', { method: 'POST' }))).toEqual({});
  expect(await (await dan.request('/me')).json()).toEqual({ error: 'the database is down' });
  expect(running.output).not.toContain('its user was not');
  expect(await visitor.json('/database/on', { method: 'POST' })).toEqual({});

  expect(await poll(() => ada.json('/me'))).toEqual({ user: null });
  await running.printed(
    `[holdover] A session was kept and its user was not, so it counts as logged out: ${advice}\n`,
  );
  await poll(async () => (await why()) === lost);
  expect(await why(own)).toBe(lost);

  // A health check and a first visit do not displace the answer.
  await new Browser(app.url).text('/health');
  expect(await new Browser(app.url).json('/me')).toEqual({ user: null });
  expect(await poll(() => before.json('/me'))).toEqual({ user: null });
  expect(await logIn()).toEqual({ user: 'ada' });
  const live = /^That session is live/;
  await poll(async () => live.test(await why(`${cookie}=${ada.cookie(cookie)}`)));
  expect(await why()).toBe(lost);
  expect(running.output.split('its user was not')).toHaveLength(2); // once
});

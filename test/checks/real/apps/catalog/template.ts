import { askJson, HOLDOVER, postJson, toModule, type RealApp } from '../real-app.ts';

const INDEX = `
import express, { type NextFunction, type Request, type Response } from 'express';
import { version } from '@shared/version';
import { registerRoutes } from './routes';
import { setupVite } from './vite';

const log = (message: string): void => console.log(message + ' [express]');

const app = express();
app.use(express.json(), express.urlencoded({ extended: false }));
app.use((req, res, next) => {
  res.on('finish', () => {
    if (req.path.startsWith('/api')) log(req.method + ' ' + req.path + ' ' + res.statusCode);
  });
  next();
});

const server = registerRoutes(app);
app.get('/version', (_req, res) => res.send(version));
app.use((error: Error & { status?: number }, _req: Request, res: Response, _next: NextFunction) => {
  res.status(error.status ?? 500).json({ message: error.message });
});
await setupVite(app, server);
server.listen({ port: Number(process.env.PORT), host: '0.0.0.0', reusePort: true }, () => log('serving'));
`;

const ROUTES = `
import { createServer, type Server } from 'node:http';
import type { Express } from 'express';
import passport from 'passport';
import { setupAuth } from './auth';
import { storage } from './storage';

export function registerRoutes(app: Express): Server {
  setupAuth(app);
  app.post('/api/register', async (req, res, next) => {
    const user = await storage.createUser(req.body);
    req.login(user, (error) => (error ? next(error) : res.status(201).json({ user: user.username })));
  });
  app.post('/api/login', passport.authenticate('local'), (req: any, res) => {
    res.json({ user: req.user.username });
  });
  app.get('/api/user', (req: any, res) => {
    if (!req.isAuthenticated()) return void res.sendStatus(401);
    res.json({ user: req.user.username });
  });
  app.get('/api/todos', async (_req, res) => void res.json(await storage.getTodos()));
  return createServer(app);
}
`;

const AUTH = `
import type { Express } from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { storage, type User } from './storage';

export function setupAuth(app: Express): void {
  app.set('trust proxy', 1);
  app.use(session({
    secret: process.env.SESSION_SECRET ?? 'dev-secret-of-thirty-two-characters',
    resave: false,
    saveUninitialized: false,
    store: storage.sessionStore,
    cookie: { maxAge: 86_400_000 },
  }));
  app.use(passport.initialize(), passport.session());
  passport.use(new Strategy(async (username, password, done) => {
    const user = await storage.getUserByUsername(username);
    done(null, user?.password === password ? user : false);
  }));
  passport.serializeUser((user, done) => done(null, (user as User).id));
  passport.deserializeUser(async (id: string, done) => {
    try {
      done(null, await storage.getUser(id));
    } catch (error) {
      done(error);
    }
  });
}
`;

const STORAGE = `
import { randomUUID } from 'node:crypto';
import session from 'express-session';
import createMemoryStore from 'memorystore';

export interface User { id: string; username: string; password: string }

const MemoryStore = createMemoryStore(session);

class MemStorage {
  #users = new Map<string, User>();
  sessionStore = new MemoryStore({ checkPeriod: 86_400_000 });

  constructor() {
    this.#users.set('1', { id: '1', username: 'ada', password: 'lovelace' });
  }

  getUser = async (id: string) => this.#users.get(id);
  getUserByUsername = async (name: string) => [...this.#users.values()].find(({ username }) => username === name);
  getTodos = async () => [{ id: 1, text: 'Write the app' }];

  async createUser(given: Omit<User, 'id'>): Promise<User> {
    const user = { ...given, id: randomUUID() };
    this.#users.set(user.id, user);
    return user;
  }
}

export const storage = new MemStorage();
`;

const VITE = `
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { Express } from 'express';
import { createServer, createLogger } from 'vite';
import viteConfig from '../vite.config';

export async function setupVite(app: Express, server: Server): Promise<void> {
  const vite = await createServer({
    ...viteConfig,
    configFile: false,
    customLogger: createLogger(),
    server: { middlewareMode: true, hmr: { server }, allowedHosts: true },
    appType: 'custom',
  });
  app.use(vite.middlewares);
  app.use('/{*path}', async (req, res, next) => {
    try {
      const template = await readFile('client/index.html', 'utf8');
      const page = await vite.transformIndexHtml(req.originalUrl, template);
      res.status(200).set({ 'Content-Type': 'text/html' }).end(page);
    } catch (error) {
      next(error);
    }
  });
}
`;

const CONFIG = `
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname + '/client',
  cacheDir: import.meta.dirname + '/.vite',
  resolve: { alias: { '@shared': import.meta.dirname + '/shared' } },
});
`;

const TSCONFIG = {
  include: ['client', 'server', 'shared'],
  compilerOptions: {
    module: 'ESNext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    paths: { '@shared/*': ['./shared/*'] },
  },
};

/** The generated full-stack template: users and todos in memory, memorystore, passport, Vite in Express. */
export const template: RealApp = {
  name: 'generated Express and Vite template, with memorystore and passport',
  files: {
    'package.json': '{ "name": "rest-express", "type": "module" }',
    'tsconfig.json': JSON.stringify(TSCONFIG),
    'vite.config.ts': CONFIG,
    'client/index.html':
      '<!doctype html><div id="root"></div><script type="module" src="/main.ts"></script>\n',
    'client/main.ts': "document.querySelector('#root')!.textContent = 'Todos';\n",
    'server/index.ts': INDEX,
    'server/routes.ts': ROUTES,
    'server/auth.ts': AUTH,
    'server/storage.ts': STORAGE,
    'server/vite.ts': VITE,
    'shared/version.ts': toModule('1'),
  },
  saved: { path: 'shared/version.ts', toText: toModule },
  plain: ['--import', 'tsx', 'server/index.ts'],
  held: [HOLDOVER, 'watch', 'server/index.ts'],
  noise: /^(GET|POST) \/api|\[vite\]/,
  pages: ['/', '/main.ts', '/api/todos', '/api/user'],
  logIn: (browser) => postJson(browser, '/api/login', { username: 'ada', password: 'lovelace' }),
  who: ({ browser }) => askJson(browser, '/api/user'),
  logInInMemory: (browser) =>
    postJson(browser, '/api/register', { username: 'bob', password: 'built' }),
};

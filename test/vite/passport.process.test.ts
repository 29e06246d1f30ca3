import { expect, it } from 'vitest';
import { rows } from '../support/depth.ts';
import { linkPackage } from '../support/packages.ts';
import { EXPRESS, type Subject } from './subjects.ts';
import { ViteStory } from './vite-story.ts';

const APP = `
  import express from 'express';
  import session from 'express-session';
  import passport from 'passport';
  import { version } from './version.js';
  const users = new Map();
  const auth = new passport.Passport();
  auth.serializeUser((user, done) => done(null, user.id));
  auth.deserializeUser((id, done) => done(null, users.get(id)));
  export const app = express();
  app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }), auth.session());
  app.post('/login', (req, res, next) => {
    const user = { id: String(Math.random()), name: req.query.user };
    users.set(user.id, user);
    req.login(user, (error) => (error ? next(error) : res.json({ user: user.name })));
  });
  app.post('/forget', (req, res) => { users.clear(); res.json({}); });
  app.get('/me', (req, res) => res.json({ user: req.user?.name, version }));
  app.use((error, _req, res, _next) => res.json({ user: error.message, version }));`;

const SUBJECTS: Subject[] = [
  { ...EXPRESS, name: 'passport that Node loads' },
  { ...EXPRESS, name: 'passport and memorystore that Vite evaluates', prepare: inline },
];

function inline({ read, write }: Parameters<NonNullable<Subject['prepare']>>[0]): void {
  const names = "['passport', 'memorystore']";
  const ssr = `ssr: { noExternal: ${names}, optimizeDeps: { include: ${names} } }`;
  write('vite.config.js', read('vite.config.js').replace('define:', `${ssr},\n  define:`));
  const store = 'store: new (createMemoryStore(session))({}),';
  const imports = "import createMemoryStore from 'memorystore';";
  write('src/app.js', imports + read('src/app.js').replace('secret:', `${store} secret:`));
}

it.each(rows(SUBJECTS, 'passport and memorystore that Vite evaluates'))(
  'takes a login for a logout whose user is gone with what Vite has evaluated, with $name',
  async (subject) => {
    const prepare: Subject['prepare'] = (app) => {
      linkPackage(app, 'memorystore');
      app.write('src/app.js', APP);
      subject.prepare?.(app);
    };
    const story = await ViteStory.begin({ ...subject, prepare }, 'vite');
    await story.login('ada');
    await story.answers({ user: 'ada' });
    story.save('src/version.js', "export const version = '2';\n");
    expect((await story.answers({ version: '2' })).user).toBeUndefined();
    await story.running.printed('A session was kept and its user was not');
    await story.login('ada');
    await story.answers({ user: 'ada' });
    await story.browser.text('/forget', { method: 'POST' }); // the app's own doing is a logout, too
    expect((await story.answers({ user: undefined })).user).toBeUndefined();
  },
);

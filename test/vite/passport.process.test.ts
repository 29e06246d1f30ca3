import { expect, it } from 'vitest';
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

it('takes a login for a logout whose user is gone with what Vite has evaluated', async () => {
  const prepare: Subject['prepare'] = (app) => app.write('src/app.js', APP);
  const story = await ViteStory.begin({ ...EXPRESS, prepare }, 'vite');
  await story.login('ada');
  await story.answers({ user: 'ada' });
  story.save('src/version.js', "export const version = '2';\n");
  expect((await story.answers({ version: '2' })).user).toBeUndefined();
  await story.running.printed('A session was kept and its user was not');
  await story.login('ada');
  await story.answers({ user: 'ada' });
  await story.browser.text('/forget', { method: 'POST' }); // the app's own doing is a logout, too
  expect((await story.answers({ user: undefined })).user).toBeUndefined();
});

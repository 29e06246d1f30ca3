import { HOLDOVER, post, type RealApp } from '../real-app.ts';

const SERVER = `
const { createBullBoard } = require('@bull-board/api');
const { BullMQAdapter } = require('@bull-board/api/bullMQAdapter');
const { ExpressAdapter } = require('@bull-board/express');
const { Queue, Worker } = require('bullmq');
const express = require('express');
const session = require('express-session');
const passport = require('passport');
const { Strategy } = require('passport-local');
const { version } = require('./version');

passport.use(new Strategy((username, password, done) => {
  done(null, username === 'bull' && password === 'board' ? { user: 'bull-board' } : false);
}));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

async function run() {
  const { hostname: host, port } = new URL(process.env.APP_REDIS);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue('mails', { connection });
  const worker = new Worker('mails', async () => 'sent', { connection });
  await worker.waitUntilReady();

  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath('/ui');
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter });

  const isLoggedIn = (req, res, next) => (req.isAuthenticated() ? next() : res.redirect('/ui/login'));
  const app = express();
  app.get('/version', (req, res) => res.send(version));
  app.use(session({ secret: 'keyboard cat of thirty-two signs', saveUninitialized: true, resave: true }));
  app.use(express.urlencoded(), passport.initialize(), passport.session());
  app.get('/ui/login', (req, res) => res.send('<form method="post"><input name="username"></form>'));
  app.post('/ui/login', passport.authenticate('local', { failureRedirect: '/ui/login?invalid=true' }),
    (req, res) => res.redirect('/ui'));
  app.use('/ui', isLoggedIn, serverAdapter.getRouter());
  app.listen(process.env.PORT, () => console.log('For the UI, open http://localhost:' + process.env.PORT + '/ui'));

  process.on('SIGTERM', async () => {
    console.log('The worker is closed');
    await worker.close();
    process.exit(0);
  });
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
`;

/** The dashboard of BullMQ behind passport, with a worker, on a Redis that is the app's own. */
export const bullBoard: RealApp = {
  name: 'bull-board, behind passport, with BullMQ',
  files: {
    'package.json': '{ "name": "bull-board-with-express-auth" }',
    'index.js': SERVER,
    'version.js': toCommonJs('1'),
  },
  saved: { path: 'version.js', toText: toCommonJs },
  plain: ['index.js'],
  held: [HOLDOVER, 'watch', 'index.js'],
  needsRedis: true,
  pages: ['/ui', '/ui/api/queues', '/ui/login'],
  logIn: (browser) => post(browser, '/ui/login', { username: 'bull', password: 'board' }),
  who: async ({ browser }) =>
    (await browser.request('/ui')).status === 200 ? 'bull-board' : undefined,
};

function toCommonJs(version: string): string {
  return `exports.version = '${version}';\n`;
}

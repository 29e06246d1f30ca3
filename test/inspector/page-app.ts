/** The app of the tests of the page: who logs in has a session with a secret in it, and is in a list in memory. */
export const SERVER = `import express from 'express';
import session from 'express-session';
import { guests } from './guests.js';
import { version } from './version.js';

const app = express();
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }));
app.get('/login', (req, res) => {
  const { user } = req.query;
  req.session.user = { email: user, isAdmin: false };
  req.session.theme = 'plain';
  req.session.accessToken = \`token of \${user}\`;
  guests.set(user, { visits: 1 });
  res.redirect('/');
});
app.get('/', (req, res) => {
  const { user, theme } = req.session;
  const text = user ? \`\${user.email} likes it \${theme}\` : 'nobody is here';
  res.send(\`<!doctype html><title>App</title><p>\${text}, in \${version}</p>\`);
});
app.listen(process.env.PORT);
`;

export const FILES = {
  'package.json':
    '{ "name": "party-planner", "type": "module", "holdover": { "keep": ["guests.js"] } }',
  'server.js': SERVER,
  'guests.js': 'export const guests = new Map();\n',
  'version.js': "export const version = '1';\n",
};

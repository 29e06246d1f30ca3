import { HOLDOVER, post, toModule, type RealApp } from '../real-app.ts';

const SERVER = `
import { buildAuthenticatedRouter } from '@adminjs/express';
import AdminJS from 'adminjs';
import express from 'express';
import { version } from './version.js';

const admin = new AdminJS({ rootPath: '/admin', branding: { companyName: 'Parties' } });
const authenticate = async (email, password) =>
  email === 'ada@example.org' && password === 'lovelace' ? { email } : null;
const secret = 'cookie password of thirty-two characters';
const router = buildAuthenticatedRouter(
  admin,
  { authenticate, cookieName: 'connect.sid', cookiePassword: secret },
  null,
  { secret, resave: true, saveUninitialized: true },
);

const app = express();
app.get('/version', (request, response) => response.send(version));
app.use(admin.options.rootPath, router);
app.listen(process.env.PORT, () => console.log('AdminJS started on http://localhost:' + process.env.PORT + '/admin'));
`;

/** The admin panel with its own login. */
export const adminJs: RealApp = {
  name: 'AdminJS',
  files: {
    'package.json': '{ "name": "admin", "type": "module" }',
    'server.js': SERVER,
    'version.js': toModule('1'),
  },
  plain: ['server.js'],
  held: [HOLDOVER, 'watch', 'server.js'],
  pages: ['/admin', '/admin/login'],
  logIn: (browser) =>
    post(browser, '/admin/login', { email: 'ada@example.org', password: 'lovelace' }),
  who: async ({ browser }) =>
    (await browser.request('/admin')).status === 200 ? 'ada@example.org' : undefined,
};

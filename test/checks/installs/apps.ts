/** Servers that tell the `version` of another file. Each is one file. */
export const EXPRESS = `
import express from 'express';
import session from 'express-session';
import { version } from './version.js';

const app = express();
app.use(session({ secret: 'a secret', resave: false, saveUninitialized: false }));
app.post('/login', (req, res) => {
  req.session.user = req.query.user;
  res.json({});
});
app.get('/me', (req, res) => res.json({ user: req.session.user, version }));
app.listen(process.env.PORT);
`;

export const EXPRESS_IN_TYPESCRIPT = `${EXPRESS}
export type App = typeof app;
`;

export const FASTIFY = `
import Fastify from 'fastify';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import { version } from './version.js';

const app = Fastify();
app.register(cookie);
app.register(session, { secret: 'a secret of at least 32 characters', cookie: { secure: false } });
app.post('/login', async (req) => {
  req.session.user = req.query.user;
  return {};
});
app.get('/me', async (req) => ({ user: req.session.user, version }));
app.listen({ port: Number(process.env.PORT) });
`;

export const VERSION = "export const version = '1';\n";

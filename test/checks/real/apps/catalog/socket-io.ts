import { createRequire } from 'node:module';
import { HOLDOVER, post, type RealApp } from '../real-app.ts';

const require = createRequire(import.meta.url);

const SERVER = `
const { createServer } = require('node:http');
const express = require('express');
const session = require('express-session');
const { Server } = require('socket.io');
const { version } = require('./version');

const app = express();
const server = createServer(app);
const sessions = session({ secret: 'changeit of thirty-two characters', resave: true, saveUninitialized: true });
app.use(sessions, express.urlencoded());
app.get('/version', (request, response) => response.send(version));
app.get('/', (request, response) => response.send('Hello ' + (request.session.user ?? 'nobody')));
app.post('/login', (request, response) => {
  request.session.user = request.body.user;
  response.redirect('/');
});

const io = new Server(server);
io.engine.use(sessions);
io.on('connection', (socket) => {
  const { session } = socket.request;
  socket.on('whoami', (answer) => answer(session.user ?? null));
});

process.on('SIGINT', () => {
  console.log('Good bye');
  io.close(() => process.exit(7));
});
server.listen(process.env.PORT, () => console.log('application is running at http://localhost:' + process.env.PORT));
`;

/** What is used of socket.io-client, which is installed with the apps only. */
interface SocketClient {
  io: (
    url: string,
    options: object,
  ) => {
    timeout: (milliseconds: number) => { emitWithAck: (event: string) => Promise<unknown> };
    close: () => void;
  };
}

/** A socket sees the session of the login, which `saveUninitialized` makes for everybody. */
export const socketIo: RealApp = {
  name: 'socket.io, with the session of Express, in CommonJS',
  files: {
    'package.json': '{ "name": "socket-io-session", "main": "index.js" }',
    'index.js': SERVER,
    'version.js': toCommonJs('1'),
  },
  saved: { path: 'version.js', toText: toCommonJs },
  plain: ['index.js'],
  held: [HOLDOVER, 'watch', 'index.js'],
  pages: ['/'],
  logIn: (browser) => post(browser, '/login', { user: 'ada' }),
  who: async ({ url, cookie }) => {
    const { io } = require('socket.io-client') as SocketClient;
    const socket = io(url, { extraHeaders: { cookie }, forceNew: true });
    try {
      const answer: unknown = await socket.timeout(20_000).emitWithAck('whoami');
      return typeof answer === 'string' ? answer : undefined;
    } finally {
      socket.close();
    }
  },
};

function toCommonJs(version: string): string {
  return `exports.version = '${version}';\n`;
}

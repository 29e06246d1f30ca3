import { WebSocket } from 'ws';
import { HOLDOVER, post, toModule, type RealApp, type Visit } from '../real-app.ts';

const SERVER = `
import { createServer } from 'node:http';
import express from 'express';
import session from 'express-session';
import { WebSocketServer } from 'ws';
import { version } from './version.js';

const app = express();
const readSession = session({ secret: '$eCuRiTy of thirty-two characters', resave: false, saveUninitialized: false });
app.use(readSession, express.urlencoded());
app.get('/version', (request, response) => response.send(version));
app.get('/', (request, response) => response.send('Hello ' + (request.session.user ?? 'nobody')));
app.post('/login', (request, response) => {
  request.session.user = request.body.user;
  response.redirect('/');
});

const server = createServer(app);
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  readSession(request, {}, () => {
    if (!request.session.user) {
      socket.end('HTTP/1.1 401 Unauthorized\\r\\n\\r\\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  });
});
sockets.on('connection', (ws, request) => {
  ws.on('message', (text) => ws.send(text + ', ' + request.session.user));
});
server.listen(process.env.PORT, () => console.log('Listening on http://localhost:' + process.env.PORT));
`;

/** A WebSocket is opened with the session of the login, by ws. */
export const wsApp: RealApp = {
  name: 'ws, with the session of Express',
  files: {
    'package.json': '{ "name": "ws-session", "type": "module" }',
    'server.js': SERVER,
    'version.js': toModule('1'),
  },
  plain: ['server.js'],
  held: [HOLDOVER, 'watch', 'server.js'],
  pages: ['/'],
  logIn: (browser) => post(browser, '/login', { user: 'ada' }),
  who: ({ url, cookie }) => greet(url, cookie),
};

/** Sends a word, and gives the name that comes back with it. */
function greet(url: Visit['url'], cookie: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers: { cookie } });
    socket.once('open', () => socket.send('hello'));
    socket.once('message', (data) => {
      resolve(String(data).split(', ')[1]);
      socket.close();
    });
    socket.once('unexpected-response', (_, { statusCode }) => {
      if (statusCode === 401) resolve(undefined);
      else reject(new Error(`The WebSocket is answered with ${statusCode}.`));
      socket.terminate();
    });
    socket.once('error', reject);
  });
}

/**
 * What `npm run bench:mcp` runs in processes of their own: how long Node's channel takes for a request of an
 * app that speaks no MCP, in nanoseconds, as JSON. With the word `hold` MCP sessions are held over.
 */
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, request } from 'node:http';

const REQUESTS = 64;
/** Rounds are short, so that some of them have the processor for themselves. */
const TURNS = 20_000;
const ROUNDS = 400;

const BROWSER = {
  connection: 'keep-alive',
  'cache-control': 'max-age=0',
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'upgrade-insecure-requests': '1',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9',
  cookie: 'connect.sid=s%3Aabcdefghijklmnopqrstuvwxyz012345.abcdefghijklmnopqrstuvwxyz0123456789',
};
const FETCH = {
  connection: 'keep-alive',
  accept: '*/*',
  'accept-language': '*',
  'sec-fetch-mode': 'cors',
  'user-agent': 'node',
  'accept-encoding': 'gzip, deflate',
};
const KINDS = {
  'GET of a browser': { method: 'GET', headers: BROWSER },
  'GET of fetch': { method: 'GET', headers: FETCH },
  'POST of JSON by fetch': {
    method: 'POST',
    headers: { ...FETCH, 'content-type': 'application/json', 'content-length': '2' },
  },
  'POST of JSON by a browser': {
    method: 'POST',
    headers: {
      ...BROWSER,
      accept: '*/*',
      'content-type': 'application/json',
      'content-length': '2',
    },
  },
};

if (process.argv[2] === 'hold') {
  const { holdMcpSessions } = await import('../../results/modules/mcp/hook/hook.js');
  holdMcpSessions(() => {
    throw new Error('No request here is one of MCP.');
  });
}
const arrived = [];
const server = createServer((req, response) => arrived.push({ req, response }));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const seen = {};
for (const [name, options] of Object.entries(KINDS)) {
  const messages = await toMessages(options);
  const rounds = Array.from({ length: ROUNDS }, () => time(messages));
  seen[name] = Math.min(...rounds);
}
console.log(JSON.stringify(seen));
process.exit();

/** Requests as Node has made them, and as it publishes them. */
async function toMessages(options) {
  arrived.length = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const sent = request({ port: server.address().port, host: '127.0.0.1', ...options });
    sent.on('error', () => {});
    sent.end(options.method === 'POST' ? '{}' : undefined);
  }
  while (arrived.length < REQUESTS) await new Promise((resolve) => setTimeout(resolve, 5));
  return [...arrived];
}

/** As Node does for each request. */
function time(messages) {
  const start = channel('http.server.request.start');
  const began = process.hrtime.bigint();
  for (let i = 0; i < TURNS; i++) {
    const { req, response } = messages[i % REQUESTS];
    if (start.hasSubscribers) start.publish({ request: req, response, socket: req.socket, server });
  }
  return Number(process.hrtime.bigint() - began) / TURNS;
}

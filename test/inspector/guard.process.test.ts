import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Inspector } from '../../src/inspector/inspector.ts';
import { listen, type Listening } from '../../src/inspector/listen.ts';
import type { SessionStore } from '../../src/session/store.ts';
import { createCertificate } from '../support/certificate.ts';
import { poll } from '../support/poll.ts';
import { TEST_SECRET } from '../support/processes.ts';
import { openDirectory } from '../support/session-directory.ts';
import { removeFolder } from '../support/temp-folder.ts';
import { exchange, hear, type RawAnswer, type RawRequest } from './client.ts';

const ADA = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const WAYWARD = 'Open the address that the terminal has printed.';

let root: string;
let store: SessionStore;
let inspector: Inspector;
let listening: Listening;
let port: number;
let key: string;
let token: string;
/** The second token, which the page carries and sends in a header. */
let pageToken = '';

beforeAll(async () => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'holdover-test-'));
  writeFileSync(join(root, 'package.json'), '{ "name": "project" }');
  const options = { type: 'filesystem', directory: join(root, 'sessions') } as const;
  vi.stubEnv('SESSION_KEY', TEST_SECRET);
  ({ store } = openDirectory(options.directory));
  await store.set(ADA, { user: 'ada', pin: 'hidden' });
  listening = await listen({ root, ...options });
  const address = new URL(listening.address);
  port = Number(address.port);
  token = String(address.searchParams.get('token'));
  inspector = new Inspector({ root, ...options }, token); // the same, for servers of another kind
  const page = await exchange({ port }, wanted.page());
  [, pageToken = ''] = /name="holdover-token" content="([^"]+)"/.exec(page.body) ?? [];
  const first = await poll(async () => {
    const { body } = await exchange({ port }, wanted.list());
    return (JSON.parse(body) as { rows: { key: string }[] }).rows[0];
  });
  ({ key } = first);
});

afterAll(async () => {
  await listening?.close();
  inspector?.close();
  removeFolder(root);
  vi.unstubAllEnvs();
});

/** What the page asks for in a browser; all of it is answered. */
const wanted = {
  page: () => get('/__holdover/', ['Sec-Fetch-Dest: document']),
  visit: () => {
    const visit = get(`/__holdover/?token=${token}`, ['Sec-Fetch-Dest: document']);
    return { ...visit, lines: visit.lines.filter((line) => !line.startsWith('Cookie')) };
  },
  script: () => get('/__holdover/style.css', ['Sec-Fetch-Dest: style']),
  list: () => get('/__holdover/api/sessions', ofPage()),
  session: () => get(`/__holdover/api/sessions/${key}`, ofPage()),
  reveal: () => post(`/__holdover/api/sessions/${key}/reveal`, { path: ['pin'] }),
  destroy: () => post(`/__holdover/api/sessions/${key}/destroy`, {}),
  events: () => get('/__holdover/api/events', ofPage()),
};
type Wanted = keyof typeof wanted;
const CALLS: Wanted[] = ['list', 'session', 'reveal', 'destroy', 'events'];
const ALL: Wanted[] = ['page', 'visit', 'script', ...CALLS];

function get(target: string, more: string[]): RawRequest {
  const cookie = `Cookie: theme=dark; holdover-${port}=${token}`;
  const lines = [`Host: localhost:${port}`, cookie, 'Sec-Fetch-Site: same-origin', ...more];
  return { method: 'GET', target, version: '1.1', lines, body: '' };
}

function post(target: string, body: object): RawRequest {
  const more = [...ofPage(), `Origin: http://localhost:${port}`, 'Content-Type: application/json'];
  return { ...get(target, more), method: 'POST', body: JSON.stringify(body) };
}

function ofPage(): string[] {
  return ['Sec-Fetch-Dest: empty', `X-Holdover-Token: ${pageToken}`];
}

/** The same with another line, in the place of the one of that name or beside it; an empty one is left out. */
function having(request: RawRequest, ...more: string[]): RawRequest {
  const names = more.map((line) => line.slice(0, line.indexOf(':') + 1));
  const kept = request.lines.filter((line) => !names.some((name) => line.startsWith(name)));
  return { ...request, lines: [...kept, ...more.filter((line) => !line.endsWith(':'))] };
}

type Change = (request: RawRequest) => RawRequest;
const withLines =
  (...lines: (string | (() => string))[]): Change =>
  (request) =>
    having(request, ...lines.map((line) => (typeof line === 'string' ? line : line())));

/** Nothing of the inspector is in an answer, and no cookie. */
function expectNothing({ status, headers, body }: RawAnswer, what: string): void {
  expect(`${what}: ${status}`).toMatch(/: 403$/);
  expect(headers['set-cookie'], what).toBeUndefined();
  expect(headers.location, what).toBeUndefined();
  expect(body.trim(), what).toMatch(new RegExp(`^(${WAYWARD}|{"error":"${WAYWARD}"})$`));
}

/** Makes each request in a changed form. */
async function attack(change: Change, which: Wanted[] = ALL): Promise<void> {
  for (const name of which) {
    expectNothing(await exchange({ port }, change(wanted[name]())), name);
  }
  expect(await store.get(ADA), 'a session after it').toBeDefined();
}

describe('a person at this machine', () => {
  it('is answered: all that the attacks ask for', async () => {
    const visit = await exchange({ port }, wanted.visit());
    expect(visit.status).toBe(303);
    expect(visit.headers.location).toBe('/__holdover/');
    const cookie = `holdover-${port}=${token}; HttpOnly; SameSite=Strict; Path=/__holdover/`;
    expect(visit.headers['set-cookie']).toBe(cookie);
    const page = await exchange({ port }, wanted.page());
    expect(page.body).toContain(`<meta name="holdover-token" content="${pageToken}"`);
    expect(pageToken).toMatch(/^[\w-]{43}$/);
    expect(page.body).not.toContain(token);
    const style = await exchange({ port }, wanted.script());
    expect(style.headers['content-type']).toBe('text/css; charset=utf-8');
    expect((await exchange({ port }, wanted.session())).body).toContain('"user":"ada"');
    expect((await exchange({ port }, wanted.reveal())).body).toBe('{"value":"hidden"}');
    for (const host of ['127.0.0.1', '[::1]', 'LOCALHOST']) {
      const list = having(wanted.list(), `Host: ${host}:${port}`, 'Sec-Fetch-Site: none');
      expect((await exchange({ port }, list)).status, host).toBe(200);
    }
    const older = having(wanted.list(), 'Sec-Fetch-Site:', 'Sec-Fetch-Dest:');
    expect((await exchange({ port }, older)).status).toBe(200);
    const other = having(wanted.list(), `Cookie: holdover-${port}=x; holdover-${port}=${token}`);
    expect((await exchange({ port }, other)).status).toBe(200);
  });

  it('comes to the page from the address without its end', async () => {
    for (const [target, location] of [
      ['/', '/__holdover/'],
      [`/__holdover?token=${token}`, `/__holdover/?token=${token}`],
    ] as const) {
      const { status, headers } = await exchange({ port }, { ...wanted.page(), target });
      expect([status, headers.location]).toEqual([303, location]);
    }
  });

  it('hears of news', async () => {
    const heard = hear(port, wanted.events());
    await poll(() => heard().includes('event: sessions'));
    expect(heard()).toContain('Content-Type: text/event-stream');
    await store.set('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', { user: 'bob' });
    await poll(() => heard().split('event: sessions').length > 2);
  });
});

describe('a server that serves it below others', () => {
  it('strips the path, as connect does', async () => {
    const server = createServer((request, response) => {
      const { url = '' } = request;
      Object.assign(request, { originalUrl: url, url: url.replace('/__holdover', '') });
      inspector.handle(request, response);
    });
    const at = await listenOn(server, '127.0.0.1');
    for (const name of ['page', 'list'] as const) {
      const { status } = await exchange({ port: at }, toPort(wanted[name](), at));
      expect(status, name).toBe(200);
    }
    const absolute = { ...wanted.page(), target: `http://evil.example/__holdover/` };
    expectNothing(await exchange({ port: at }, toPort(absolute, at)), 'for another host');
  });

  it('speaks HTTP/2, as Vite does with a certificate', async () => {
    createCertificate(root);
    const [cert, privateKey] = ['cert.pem', 'key.pem'].map((name) =>
      readFileSync(join(root, name)),
    );
    const server = createSecureServer({ allowHTTP1: true, cert, key: privateKey });
    server.on('request', (request, response) => {
      inspector.handle(request as never, response as never);
    });
    const at = await listenOn(server, '127.0.0.1');
    const statusOf = async (authority: string, scheme: string): Promise<number> => {
      const session = connect(`https://127.0.0.1:${at}`, { rejectUnauthorized: false });
      const stream = session.request({
        ':path': '/__holdover/api/sessions',
        ':authority': authority,
        origin: `${scheme}://${authority}`,
        cookie: `holdover-${at}=${token}`,
        'x-holdover-token': pageToken,
      });
      const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
      session.destroy();
      return headers[':status'];
    };
    expect(await statusOf(`localhost:${at}`, 'https')).toBe(200);
    expect(await statusOf(`localhost:${at}`, 'http')).toBe(403);
    expect(await statusOf(`evil.example:${at}`, 'https')).toBe(403);
  });
});

describe('somebody else gets nothing', () => {
  it.each([
    ['evil.example', true],
    ['localhost.evil.example', true],
    ['127.0.0.1.evil.example', true],
    ['evil.example@localhost', true],
    ['192.168.0.7', true],
    ['0.0.0.0', true],
    ['127.1', true],
    ['localhost.', true],
    ['app.localhost', true],
    ['localhost', false],
    ['localhost:1', false],
    ['', false],
  ])('by DNS rebinding: Host is %j', async (host, hasPort) => {
    await attack(withLines(() => `Host: ${host}${hasPort ? `:${port}` : ''} `));
  });

  it('with two hosts, for another server, or by an older HTTP', async () => {
    const hosts = [`Host: localhost:${port}`, `Host: localhost:${port}`];
    await attack((request) => ({
      ...having(request, 'Host:'),
      lines: [...hosts, ...request.lines],
    }));
    for (const origin of ['http://evil.example', `http://localhost:${port}`]) {
      await attack((request) => ({ ...request, target: origin + request.target }));
    }
    await attack((request) => ({ ...request, version: '1.0' }));
    const hostless = await exchange({ port }, having(wanted.list(), 'Host:'));
    expect(hostless.status).toBe(400); // as Node answers it
    expect(hostless.body).not.toContain('key');
  });

  it.each([['https://evil.example'], ['null'], ['http://localhost:1'], ['http://evil.example:1']])(
    'from a page of another origin, another port of localhost too: %s',
    async (origin) => {
      await attack(withLines(`Origin: ${origin}`));
      await attack(withLines(`Origin: ${origin}`, 'Sec-Fetch-Site:'));
    },
  );

  it('from a page that only has another scheme or name', async () => {
    await attack(withLines(() => `Origin: https://localhost:${port}`));
    await attack(withLines(() => `Origin: http://127.0.0.1:${port}`));
  });

  it.each([['cross-site'], ['same-site']])(
    'by fetch, EventSource, a frame or a link of a page that is %s',
    async (site) => {
      await attack(withLines(`Sec-Fetch-Site: ${site}`));
      await attack(withLines(`Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: navigate'));
      await attack(withLines(`Sec-Fetch-Site: ${site}`, 'Origin:'));
    },
  );

  it.each([
    ['X-Forwarded-For: 127.0.0.1'],
    ['X-Forwarded-Host: localhost'],
    ['Forwarded: for=127.0.0.1'],
    ['Via: 1.1 proxy'],
    ['X-Real-IP: 127.0.0.1'],
    ['CF-Connecting-IP: 127.0.0.1'],
    ['Ngrok-Trace-Id: 1'],
    ['Tailscale-User-Login: ada'],
  ])('through a proxy or tunnel: %s', (line) => attack(withLines(line)));

  it('by a WebSocket', async () => {
    const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    await attack(withLines(...upgrade, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='));
  });

  it.each([
    ['none', ''],
    ['another one', 'theme=dark'],
    ['that of another port', () => `holdover-1=${token}`],
    ['a wrong one', () => `holdover-${port}=${token.slice(1)}A`],
    ['one that is cut', () => `holdover-${port}=${token.slice(1)}`],
    ['that of the header', () => `holdover-${port}=${pageToken}`],
  ])('without the cookie: %s', async (_, cookie) => {
    const toLine = (): string => `Cookie:${typeof cookie === 'string' ? cookie : cookie()}`;
    await attack(withLines(toLine), ['page', 'script', ...CALLS]);
  });

  it.each([
    ['none', ''],
    ['that of the address', () => token],
    ['a wrong one', () => `${pageToken.slice(1)}A`],
    ['an empty one', ' '],
  ])('without the token of the page: %s', async (_, value) => {
    const toLine = (): string => `X-Holdover-Token:${typeof value === 'string' ? value : value()}`;
    await attack(withLines(toLine), CALLS);
  });

  it.each([['wrong'], [''], ['%00']])('with another token in the address: %j', async (text) => {
    await attack((request) => ({ ...request, target: `/__holdover/?token=${text}` }), ['visit']);
  });

  it('that is a script, or a frame, and reads the page', async () => {
    for (const destination of ['empty', 'iframe', 'embed', 'object', 'script', 'image']) {
      await attack(withLines(`Sec-Fetch-Dest: ${destination}`), ['page', 'visit']);
    }
    await attack(withLines('Sec-Fetch-Dest: serviceworker'), ['script', 'page', ...CALLS]);
    await attack(withLines('Sec-Fetch-Dest: document'), ['script', ...CALLS]);
  });

  it('from the network', async ({ skip }) => {
    const addresses = Object.values(networkInterfaces()).flat();
    const own = addresses.find((address) => address?.family === 'IPv4' && !address.internal);
    if (!own) return skip('this machine has no address but loopback');
    // As Vite with `--host`.
    const server = createServer((request, response) => inspector.handle(request, response));
    const place = { port: await listenOn(server, '0.0.0.0'), host: own.address };
    const change = (request: RawRequest): RawRequest => toPort(request, place.port);
    expect((await exchange({ ...place, host: '127.0.0.1' }, change(wanted.list()))).status).toBe(
      200,
    );
    for (const name of ALL) expectNothing(await exchange(place, change(wanted[name]())), name);
  });
});

/** Listens until the test is over. @returns the port */
async function listenOn(server: Server | Http2SecureServer, host: string): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** The same request for another port. */
function toPort(request: RawRequest, other: number): RawRequest {
  return JSON.parse(JSON.stringify(request).replaceAll(String(port), String(other))) as RawRequest;
}

describe('what is wrong in itself', () => {
  it.each([
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['text/plain'],
    ['application/jsonp'],
    [''],
  ])('changes nothing when it is a form: %s', async (type) => {
    for (const name of ['reveal', 'destroy'] as const) {
      const answer = await exchange({ port }, having(wanted[name](), `Content-Type:${type}`));
      expect(answer.status).toBe(415);
    }
    expect(await store.get(ADA)).toBeDefined();
  });

  it('is refused when it is too long, or no JSON', async () => {
    const length = having(wanted.destroy(), `Content-Length: ${1024 * 1024 + 1}`);
    expect((await exchange({ port }, { ...length, body: '' })).status).toBe(413);
    const big = `{"path":["${'x'.repeat(1024 * 1024)}"]}`;
    const chunked = having(wanted.destroy(), 'Transfer-Encoding: chunked');
    const body = `${big.length.toString(16)}\r\n${big}\r\n0\r\n\r\n`;
    expect((await exchange({ port }, { ...chunked, body })).status).toBe(413);
    for (const text of ['{', '[]', '"text"', 'null', '']) {
      expect((await exchange({ port }, { ...wanted.destroy(), body: text })).status).toBe(400);
    }
    expect(await store.get(ADA)).toBeDefined();
  });

  it.each([
    ['/__holdover/../package.json'],
    ['/__holdover/..%2fpackage.json'],
    ['/__holdover/%2e%2e/inspector.ts'],
    ['/__holdover/page/index.html'],
    ['/__holdover/index.html'],
    ['/__holdover//style.css'],
    ['/__holdover/./style.css'],
    ['/__holdover/style.css/'],
    ['/__holdover/style.css%00'],
    ['/__holdover/st%79le.css'],
    ['/__holdover\\style.css'],
    ['/__holdover/main.ts'],
    ['/__holdover/tsconfig.json'],
    ['/__holdover/constructor'],
    ['/__holdover/__proto__'],
    ['/__holdovers/'],
    ['/style.css'],
  ])('is not found: %s', async (target) => {
    for (const base of [wanted.page(), wanted.script(), wanted.list()]) {
      const { status, body } = await exchange({ port }, { ...base, target });
      expect([status, body]).toEqual([404, 'There is no such file.\n']);
    }
  });

  it.each([
    ['/__holdover/api/'],
    ['/__holdover/api/sessions/'],
    ['/__holdover/api/../sessions'],
    ['/__holdover/api/constructor'],
    ['/__holdover/api/sessions/../overview'],
    ['/__holdover/api/sessions/a%2fb'],
    ['/__holdover/api/restarts/-1/crash'],
    ['/__holdover/api/restarts/x/crash'],
  ])('is no call: %s', async (target) => {
    const { status, body } = await exchange({ port }, { ...wanted.list(), target });
    expect([status, body]).toEqual([404, '{"error":"There is no such call."}']);
  });

  it('is refused by another method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await exchange({ port }, { ...wanted.list(), method });
      expect([status, headers.allow]).toEqual([405, 'GET']);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    for (const name of ['reveal', 'destroy'] as const) {
      const { status, headers } = await exchange({ port }, { ...wanted[name](), method: 'GET' });
      expect([status, headers.allow]).toEqual([405, 'POST']);
    }
    expect((await exchange({ port }, { ...wanted.page(), method: 'POST' })).status).toBe(405);
    expect(await store.get(ADA)).toBeDefined();
  });

  it('has the same headers as every answer: no frame, no script of others, nothing kept', async () => {
    const requests = ALL.slice(0, -2).map((name) => wanted[name]());
    requests.push(having(wanted.list(), 'Host: evil.example'), { ...wanted.page(), target: '/x' });
    for (const request of requests) {
      const { headers } = await exchange({ port }, request);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(headers['content-security-policy']?.split('; ').sort()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "require-trusted-types-for 'script'",
        "script-src 'self'",
        "style-src 'self'",
      ]);
    }
  });
});

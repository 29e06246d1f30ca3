import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { poll } from '../../support/poll.ts';
import { createCrash } from './crashing.ts';
import { Client, openFront, type Front } from './front.ts';

/** A front that shows a crash. */
async function openCrashed(): Promise<Front> {
  const front = await openFront();
  front.page.show(createCrash());
  return front;
}

/** The state that an answer names. */
function stateOf(answer: string): string {
  return /^x-holdover-crash: (\S+)/im.exec(answer)?.[1] ?? '';
}

/** A page that waits for news, as the server knows. */
async function waitFor(front: Front): Promise<Client> {
  const state = stateOf(await new Client(front.port).get());
  const { length } = front.sockets;
  const client = new Client(front.port);
  client.write('HEAD / HTTP/1.1', 'Host: localhost', `X-Holdover-Wait: ${state}`, '', '');
  await poll(() => (front.sockets[length]?.bytesRead ?? 0) > 0);
  return client;
}

describe('the crash page', () => {
  it('answers with 503, headers that keep it to itself, and ends the connection', async () => {
    const front = await openCrashed();
    const answer = await new Client(front.port).get(['Accept: text/html']);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    for (const line of [
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Retry-After: 1',
      'X-Holdover: crash',
      'Connection: close',
      'Content-Type: text/html; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]) {
      expect(head.split('\r\n')).toContain(line);
    }
    expect(head).toMatch(
      /Content-Security-Policy: default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/,
    );
    expect(body).toMatch(/role="alert"[^]*<h1>TypeError: a mistake/);
  });

  it('answers each method, and HEAD without a body', async () => {
    const front = await openCrashed();
    for (const method of ['DELETE', 'OPTIONS', 'PUT', 'PATCH']) {
      expect(await new Client(front.port).get([], `${method} / HTTP/1.1`)).toContain('a mistake');
    }
    const answer = await new Client(front.port).get([], 'HEAD / HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*\r\n\r\n$/);
  });

  it('answers fetch, with bodies of any form', async () => {
    const front = await openCrashed();
    const body = Buffer.alloc(4 * 1024 * 1024, 'x');
    const bodies = [body, new Blob([body]).stream(), 'small', undefined];
    for (const sent of bodies) {
      const init = {
        method: 'POST',
        body: sent,
        duplex: 'half',
        headers: { accept: 'application/json' },
      };
      const response = await fetch(front.url, init as RequestInit);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ message: 'The app exited with code 1' });
    }
  });

  it('answers before an upload is over', async () => {
    const front = await openCrashed();
    const client = new Client(front.port);
    client.write('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 5', '', '');
    await poll(() => client.received.includes('Sessions are safe'));
    client.write('12345');
    expect(await client.ended).toContain('a mistake');
  });

  it('does not reset an upload under way', async () => {
    const front = await openCrashed();
    for (let i = 0; i < 5; i++) {
      const client = new Client(front.port);
      client.write('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 9000000', '', '');
      client.write('x'.repeat(9_000_000));
      expect(await client.ended).toContain('Sessions are safe');
    }
  });

  it('answers what waits to be allowed to send', async () => {
    const front = await openCrashed();
    const lines = ['Content-Length: 3000000', 'Expect: 100-continue'];
    expect(await new Client(front.port).get(lines, 'POST / HTTP/1.1')).toMatch(
      /^HTTP\/1\.1 503 [^]*a mistake/,
    );
    expect(await new Client(front.port).get(['Expect: more'])).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('answers a WebSocket and ends it', async () => {
    const front = await openCrashed();
    const lines = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    expect(await new Client(front.port).get(lines)).toMatch(/^HTTP\/1\.1 503 [^]*a mistake/);
    const { WebSocket } = await import('ws');
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(front.url.replace('http', 'ws')).on('error', () => {});
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
    });
    expect(status).toBe(503);
  });

  it('stands all that is no request', async () => {
    const front = await openCrashed();
    const long = `X: ${'x'.repeat(100_000)}`;
    for (const text of [
      '\u0016\u0003\u0001 hello',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'GET\r\n\r\n',
      `GET / HTTP/1.1\r\n${long}\r\n\r\n`,
    ]) {
      const client = new Client(front.port).write(text);
      expect(await client.ended.catch(() => 'HTTP/1.1 4')).toMatch(/^HTTP\/1\.1 4/);
    }
    await new Client(front.port).get([], 'CONNECT evil.com:443 HTTP/1.1').catch(() => {});
    const abrupt = connect(front.port, '127.0.0.1', () => {
      abrupt.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n123');
      abrupt.resetAndDestroy();
    });
    await poll(() => abrupt.destroyed);
    const gone = connect(front.port, '127.0.0.1', () => gone.resetAndDestroy());
    await poll(() => gone.destroyed);
    await poll(() => front.sockets.every((socket) => socket.destroyed));
    expect(await new Client(front.port).get()).toContain('a mistake');
  });

  it('answers a client of MCP with one error of JSON-RPC, short and without a stack', async () => {
    const front = await openFront();
    const file = join(process.cwd(), 'src', 'tools.ts');
    const lines = Array.from({ length: 11 }, (_, index) => ({
      number: index + 4,
      text: `line ${index + 4}`,
      isMarked: index === 5,
    }));
    const frames = [
      'node:internal/modules/run_main',
      join(process.cwd(), 'node_modules/esbuild/a.js'),
    ];
    front.page.show(
      createCrash({
        error: {
          name: 'Error',
          message: `Transform failed with 1 error:\n${file}:9:3: ERROR: Unexpected ";"`,
          frames: frames.map((path) => ({ path, isOfNode: false, isOfPackage: true })),
        },
        excerpt: { file, path: file, line: 9, column: 4, lines },
      }),
    );
    const ask = async (message: unknown, more: Record<string, string> = {}) => {
      const response = await fetch(front.url, {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...more,
        },
        body: typeof message === 'string' ? message : JSON.stringify(message),
      });
      return [response.status, (await response.json()) as unknown];
    };
    const text = [
      'The server does not run: Error: Transform failed with 1 error: src/tools.ts:9:3: ERROR: Unexpected ";". It starts again when its code is mended.',
      '',
      'src/tools.ts:9:4',
      ...[5, 6, 7, 8].map((number) => `   ${number} | line ${number}`),
      '>  9 | line 9',
      ...[10, 11, 12].map((number) => `  ${number} | line ${number}`),
    ].join('\n');
    const toError = (id: unknown, message = text) => ({
      jsonrpc: '2.0',
      id,
      error: { code: -32_000, message },
    });
    const call = { jsonrpc: '2.0', id: 'a', method: 'tools/call' };
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(await ask(call)).toEqual([200, toError('a')]);
    const large = { ...call, params: { text: 'x'.repeat(5 * 1024 * 1024) } };
    for (const asksNothing of [notification, [call], '{ broken', large]) {
      expect(await ask(asksNothing)).toEqual([503, toError(null)]);
    }
    const stranger = { 'x-forwarded-for': '1.2.3.4' };
    expect(await ask(call, stranger)).toEqual([
      200,
      toError('a', 'The app is not running at the moment.'),
    ]);
  });

  it('says nothing of the app before there is a crash', async () => {
    const front = await openFront();
    expect(await new Client(front.port).get()).toContain('The app is not running at the moment.');
  });
});

describe('a page that waits', () => {
  it('hears when the app is back', async () => {
    const front = await openCrashed();
    const clients = [await waitFor(front), await waitFor(front)];
    expect(clients.map((client) => client.received)).toEqual(['', '']);
    await front.page.release();
    for (const client of clients) {
      const answer = await client.ended;
      expect(answer).toMatch(/^HTTP\/1\.1 204 [^]*Connection: close/);
      expect(stateOf(answer)).toBe('');
    }
  });

  it('hears of another crash, and of details of the same, and keeps its connection', async () => {
    const front = await openCrashed();
    const client = await waitFor(front);
    front.page.show(createCrash());
    await poll(() => client.received.endsWith('\r\n\r\n'));
    expect(client.received).toMatch(/^HTTP\/1\.1 503 [^]*Connection: keep-alive/);
    const state = stateOf(client.received);
    const { length } = client.received;
    client.write('HEAD / HTTP/1.1', 'Host: localhost', `X-Holdover-Wait: ${state}`, '', '');
    front.page.show(createCrash());
    await poll(() => client.received.length > length && client.received.endsWith('\r\n\r\n'));
    expect(stateOf(client.received.slice(length))).not.toBe(state);
  });

  it('hears at once when it shows what is past', async () => {
    const front = await openCrashed();
    const client = new Client(front.port);
    client.write('HEAD / HTTP/1.1', 'Host: localhost', 'X-Holdover-Wait: other', '', '');
    await poll(() => client.received.endsWith('\r\n\r\n'));
    expect(stateOf(client.received)).not.toBe('');
  });
});

describe('the stream of events of a client of MCP', () => {
  const open = async ({ port }: Front): Promise<Client> => {
    const client = new Client(port);
    const lines = ['Host: localhost', 'Accept: text/event-stream', 'Mcp-Session-Id: a'];
    client.write('GET /mcp HTTP/1.1', ...lines, '', '');
    await poll(() => client.received.includes('\n\n\r\n'));
    return client;
  };

  it('is held until the app is back, and then ends whole', async () => {
    const front = await openCrashed();
    const clients = [await open(front), await open(front)];
    front.page.show(createCrash()); // another save that is broken
    for (const { received } of clients) {
      expect(received).toMatch(/^HTTP\/1\.1 200 OK[^]*Content-Type: text\/event-stream/);
      expect(received).toMatch(/\r\nretry: 50\n: .*\n\n\r\n$/);
    }
    expect(clients.map(({ socket }) => socket.readableEnded)).toEqual([false, false]);
    await front.page.release();
    for (const client of clients) expect(await client.ended).toMatch(/\n\n\r\n0\r\n\r\n$/);
  });

  it('ends with the page, and with its client', async () => {
    const front = await openCrashed();
    const [gone, other] = [await open(front), await open(front)];
    gone.socket.resetAndDestroy();
    await poll(() => front.sockets[1]?.destroyed || front.sockets[0]?.destroyed);
    front.page.close();
    expect(await other.ended.catch(() => other.received)).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it('is not held for others: without a session, and by another method', async () => {
    const front = await openCrashed();
    const accept = 'Accept: text/event-stream';
    expect(await new Client(front.port).get([accept])).toMatch(/^HTTP\/1\.1 503 /);
    const lines = ['Mcp-Session-Id: a', `${accept}, application/json`];
    expect(await new Client(front.port).get(lines, 'DELETE / HTTP/1.1')).toMatch(
      /^HTTP\/1\.1 503 /,
    );
    const answer = await new Client(front.port).get(lines, 'POST / HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*Content-Type: application\/json[^]*a mistake/);
  });
});

describe('the end of the crash page', () => {
  it('comes when all answers are out, and idle connections are ended, not reset', async () => {
    const front = await openCrashed();
    const idle = new Client(front.port);
    const upload = new Client(front.port);
    upload.write('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 5', '', '');
    await poll(() => upload.received.includes('Sessions are safe') && front.sockets.length === 2);
    let isReleased = false;
    const released = front.page.release().then(() => (isReleased = true));
    expect(await idle.ended).toBe('');
    expect(isReleased).toBe(false);
    expect(front.sockets[1]?.writableEnded).toBe(false);
    upload.write('12345');
    expect(await upload.ended).toContain('a mistake');
    await released;
  });

  it('lets a page be shown again', async () => {
    const front = await openCrashed();
    const before = stateOf(await new Client(front.port).get());
    await front.page.release();
    front.page.show(createCrash());
    const answer = await new Client(front.port).get();
    expect(answer).toContain('a mistake');
    expect(stateOf(answer)).not.toBe(before);
  });

  it('ends everything at once when it is closed, and what comes later', async () => {
    const front = await openCrashed();
    const clients = [await waitFor(front), new Client(front.port)];
    await poll(() => front.sockets.length === 3);
    front.page.close();
    for (const client of clients) expect(await client.ended.catch(() => '')).toBe('');
    expect(await new Client(front.port).ended.catch(() => '')).toBe('');
  });

  it.each(['text/html', 'application/json', '*/*'])(
    'shows source at this machine only, and no header of a request: %s',
    async (accept) => {
      const { port } = await openCrashed();
      const secrets = ['Cookie: sid=s3cr3t', 'Authorization: s3cr3t', 'X-Holdover-Wait: s3cr3t'];
      const get = (host: string): Promise<string> =>
        new Client(port).get(
          [`Host: ${host}`, `Accept: ${accept}`, ...secrets],
          'GET /s3cr3t?s3cr3t HTTP/1.1',
        );
      const [here, elsewhere] = [await get('localhost'), await get('evil.com')];
      expect(here).toContain('secretOfTheSource');
      expect(elsewhere).toContain('The app is not running at the moment.');
      expect(elsewhere).not.toMatch(/secretOfTheSource|a mistake|server\.ts|TypeError|exited/);
      expect(here + elsewhere).not.toContain('s3cr3t');
    },
  );

  it('comes for each connection that is silent, whatever the client does', async () => {
    const front = await openCrashed();
    const waiting = await waitFor(front);
    const clients = [new Client(front.port), waiting];
    await poll(() => front.sockets.length === 3);
    for (const socket of front.sockets.slice(1)) {
      expect(socket.timeout).toBe(30_000);
      socket.setTimeout(20);
    }
    for (const client of clients) expect(await client.ended.catch(() => '')).toBe('');
    expect(front.sockets.every((socket) => socket.destroyed)).toBe(true);
  });
});

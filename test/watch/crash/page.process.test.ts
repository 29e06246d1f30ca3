import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { share } from '../../support/lifetime.ts';
import { poll } from '../../support/poll.ts';
import { Client, crash, mend, startApp, stateOf } from './crashed.ts';

const rig = share(async () => {
  const made = await startApp();
  await crash(made);
  return made;
});

const ask = (lines?: string[], first?: string): Promise<string> =>
  new Client(rig().port).get(lines, first);

describe('the answer in place of an app that has crashed', () => {
  it('has status 503, headers that keep it to itself, and ends the connection', async () => {
    const answer = await ask(['Accept: text/html,application/xhtml+xml,*/*;q=0.8']);
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
    for (const accept of ['application/json', '*/*'])
      expect(await ask([`Accept: ${accept}`])).toMatch(
        /^HTTP\/1\.1 503 [^]*\r\n\r\n\{\n {2}"message"/,
      );
  });

  it('comes to each method, to a WebSocket, and to HEAD without a body', async () => {
    for (const method of ['DELETE', 'OPTIONS', 'PUT', 'PATCH'])
      expect(await ask([], `${method} / HTTP/1.1`)).toContain('a mistake');
    expect(await ask([], 'HEAD / HTTP/1.1')).toMatch(/^HTTP\/1\.1 503 [^]*\r\n\r\n$/);
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(rig().url.replace('http', 'ws')).on('error', () => {});
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
    });
    expect(status).toBe(503);
  });

  it('comes to bodies of any form, before they are over, and resets none', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024, 'x');
    for (const sent of [body, new Blob([body]).stream(), 'small']) {
      const init = { method: 'POST', body: sent, duplex: 'half' };
      const response = await fetch(rig().url, init as RequestInit);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ message: 'The app exited with code 1' });
    }
    const early = new Client(rig().port);
    early.write('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 5', '', '');
    await poll(() => early.received.includes('a mistake'));
    early.write('12345');
    await early.ended;
    const large = new Client(rig().port);
    large.write('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 9000000', '', '');
    large.write('x'.repeat(9_000_000));
    expect(await large.ended).toContain('a mistake');
    const lines = ['Content-Length: 3000000', 'Expect: 100-continue'];
    expect(await ask(lines, 'POST / HTTP/1.1')).toMatch(/^HTTP\/1\.1 503 [^]*a mistake/);
  });

  it('stands all that is no request', async () => {
    const { port } = rig();
    for (const text of [
      '\u0016\u0003\u0001 hello',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const client = new Client(port).write(text);
      expect(await client.ended.catch(() => 'HTTP/1.1 4')).toMatch(/^HTTP\/1\.1 4/);
    }
    await ask([], 'CONNECT evil.com:443 HTTP/1.1').catch(() => {});
    const abrupt = connect(port, '127.0.0.1', () => {
      abrupt.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n123');
      abrupt.resetAndDestroy();
    });
    await poll(() => abrupt.destroyed);
    expect(await ask()).toContain('a mistake');
  });

  it.each(['text/html', 'application/json'])(
    'shows source at this machine only, and no header of a request: %s',
    async (accept) => {
      const secrets = ['Cookie: sid=s3cr3t', 'Authorization: s3cr3t'];
      const from = (host: string): Promise<string> =>
        ask([`Host: ${host}`, `Accept: ${accept}`, ...secrets], 'GET /s3cr3t?s3cr3t HTTP/1.1');
      const [here, elsewhere] = [await from('localhost'), await from('evil.com')];
      expect(here).toContain('secretOfTheSource');
      expect(elsewhere).toContain('The app is not running at the moment.');
      expect(elsewhere).not.toMatch(/secretOfTheSource|a mistake|part\.js|TypeError|exited/);
      expect(here + elsewhere).not.toContain('s3cr3t');
    },
  );

  it('is one error of JSON-RPC to a client of MCP, short and without a stack', async () => {
    const post = async (message: unknown, more: Record<string, string> = {}) => {
      const response = await fetch(rig().url, {
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
      'The server does not run: TypeError: a mistake. It starts again when its code is mended.',
      '',
      'part.js:2:7',
      '  1 | const secretOfTheSource = 1;',
      "> 2 | throw new TypeError('a mistake');",
      '  3 | export const version = 1;',
      '  4 |',
    ].join('\n');
    const toError = (id: unknown, message = text) => ({
      jsonrpc: '2.0',
      id,
      error: { code: -32_000, message },
    });
    const call = { jsonrpc: '2.0', id: 'a', method: 'tools/call' };
    expect(await post(call)).toEqual([200, toError('a')]);
    const large = { ...call, params: { text: 'x'.repeat(5 * 1024 * 1024) } };
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    for (const asksNothing of [notification, '{ broken', large])
      expect(await post(asksNothing)).toEqual([503, toError(null)]);
    expect(await post(call, { 'x-forwarded-for': '1.2.3.4' })).toEqual([
      200,
      toError('a', 'The app is not running at the moment.'),
    ]);
  });

  it('starts the app by the button of its own page, and by no other request', async () => {
    const path = '/__holdover/try-again';
    const host = `localhost:${rig().port}`;
    const state = String(await stateOf(rig()));
    const own = [`Host: ${host}`, `Origin: http://${host}`, `X-Holdover-Try-Again: ${state}`];
    const press = (lines: string[], first = `POST ${path} HTTP/1.1`): Promise<string> =>
      ask([...lines, 'Content-Length: 0'], first);
    const without = (name: string): string[] => own.filter((line) => !line.startsWith(name));
    const refused: Record<string, string[]> = {
      'another port of this machine': [...without('Origin'), 'Origin: http://localhost:9999'],
      'another scheme': [...without('Origin'), `Origin: https://${host}`],
      'a page of no origin': [...without('Origin'), 'Origin: null'],
      'no page': without('Origin'),
      'a page that does not know the crash': without('X-Holdover'),
      'a page that shows another crash': [...without('X-Holdover'), 'X-Holdover-Try-Again: a-1'],
      'another site, by its browser': [...own, 'Sec-Fetch-Site: same-site'],
      'a name that leads here': [
        ...own.slice(2),
        'Host: evil.example',
        'Origin: http://evil.example',
      ],
      'a proxy': [...own, 'X-Forwarded-For: 192.0.2.1'],
      'two hosts': [...own, 'Host: evil.example'],
    };
    for (const [name, lines] of Object.entries(refused))
      expect([name, (await press(lines)).slice(0, 12)]).toEqual([name, 'HTTP/1.1 403']);
    for (const method of ['GET', 'PUT', 'OPTIONS']) {
      const answer = await press(own, `${method} ${path} HTTP/1.1`);
      expect(answer).toMatch(/^HTTP\/1\.1 503/);
      expect(answer).not.toMatch(/Access-Control/i);
    }
    expect(await stateOf(rig())).toBe(state);
    expect(await press([...own, 'Sec-Fetch-Site: same-origin'])).toMatch(/^HTTP\/1\.1 202/);
    await poll(async () => ![state, null].includes(await stateOf(rig()))); // it has failed again
    expect(await press(own)).toMatch(/^HTTP\/1\.1 403/);
  });

  it('ends whole when the app is back, also a stream of events that an MCP client holds', async () => {
    const { port } = rig();
    const accept = 'Accept: text/event-stream';
    expect(await ask([accept])).toMatch(/^HTTP\/1\.1 503 /); // without a session
    const lines = ['Host: localhost', accept, 'Mcp-Session-Id: a'];
    const stream = new Client(port).write('GET /mcp HTTP/1.1', ...lines, '', '');
    await poll(() => stream.received.includes('\n\n\r\n'));
    expect(stream.received).toMatch(/^HTTP\/1\.1 200 OK[^]*Content-Type: text\/event-stream/);
    expect(stream.received).toMatch(/\r\nretry: 50\n: .*\n\n\r\n$/);
    const idle = new Client(port);
    await poll(() => idle.socket.readyState === 'open');
    await crash(rig(), `throw new Error('another mistake');`); // another save that is broken
    expect(stream.socket.readableEnded).toBe(false);
    await mend(rig());
    expect(await stream.ended).toMatch(/\n\n\r\n0\r\n\r\n$/);
    expect(await idle.ended).toBe('');
    expect(await (await fetch(rig().url)).text()).toBe('GET mended');
  });
});

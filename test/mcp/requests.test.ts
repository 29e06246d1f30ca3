import { once } from 'node:events';
import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { holdMcpSessions } from '../../src/mcp/hook/hook.ts';
import { poll } from '../support/poll.ts';
import { CALL, INITIALIZE, run, say, type Running } from './tiny-server.ts';

const EVENTS = 'application/json, text/event-stream';

/** Larger bodies are not looked at, in bytes. */
const LARGEST_BODY = 4 * 1024 * 1024;

/** Sends text as it is, and gives all that comes until the connection ends. */
async function sendRaw({ port }: Running, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let received = '';
  socket.on('data', (part) => (received += String(part)));
  socket.write(text);
  await once(socket, 'close');
  return received;
}

function toRaw(body: object, headers: string[] = []): string {
  const text = JSON.stringify(body);
  const all = ['Content-Type: application/json', `Accept: ${EVENTS}`, 'Connection: close'];
  const head = [...all, `Content-Length: ${Buffer.byteLength(text)}`, ...headers].join('\r\n');
  return `POST /mcp HTTP/1.1\r\n${head}\r\n\r\n${text}`;
}

/** A session that the app which runs now does not know. */
async function beginBefore(running: Running): Promise<string> {
  const { id = '' } = await say(running, INITIALIZE);
  running.restart();
  return id;
}

describe('a request of MCP', () => {
  const JSON_TYPE = 'Content-Type: application/json; charset=utf-8';

  it.each([
    ['posts JSON and takes both', [JSON_TYPE, `Accept: ${EVENTS}`], 200],
    [
      'says in two lines what it takes',
      [JSON_TYPE, 'Accept: application/json', 'ACCEPT: text/event-stream'],
      200,
    ],
    ['names its version', [JSON_TYPE, 'MCP-Protocol-Version: 2025-06-18'], 200],
    ['takes no stream', [JSON_TYPE, 'Accept: application/json'], 404],
    ['takes nothing but a stream', [JSON_TYPE, 'Accept: text/event-stream'], 404],
    ['posts something else', ['Content-Type: text/plain', `Accept: ${EVENTS}`], 404],
  ])('is told by its headers, and its session is kept if it %s', async (_, headers, status) => {
    const running = await run();
    const text = JSON.stringify(INITIALIZE);
    const lines = [...headers, 'Host: a', 'Connection: close', `Content-Length: ${text.length}`];
    const answer = await sendRaw(
      running,
      `POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`,
    );
    const [, id = ''] = /^mcp-session-id: (\S+)/im.exec(answer) ?? [];
    expect(id).toMatch(/^old-/);
    running.restart();
    expect((await say(running, CALL, { id })).status).toBe(status);
  });

  it('leaves an app that speaks no MCP as it is', async () => {
    const running = await run();
    let stack = '';
    let hasOwn = true;
    running.app.read = async () => {
      stack = String(new Error('here').stack);
      hasOwn = Object.hasOwn(running.server, 'emit');
      return '';
    };
    const response = await fetch(running.url);
    expect(response.status).toBe(404);
    expect(stack).not.toContain('/src/mcp/');
    expect(stack).toContain('parserOnIncoming');
    expect(hasOwn).toBe(false);
  });

  it('passes the emit that an app has put on its server', async () => {
    const running = await run();
    const { server } = running;
    const heard: unknown[] = [];
    const inherited = server.emit.bind(server) as (...args: unknown[]) => boolean;
    server.emit = ((...args: unknown[]) => {
      heard.push(args[0]);
      return inherited(...args);
    }) as Server['emit'];
    const id = await beginBefore(running);
    expect((await say(running, CALL, { id })).status).toBe(200);
    // initialize; and after the restart initialize, initialized, and the call itself.
    expect(heard.filter((event) => event === 'request')).toHaveLength(4);
  });

  it('comes by whichever event Node chooses', async () => {
    const running = await run();
    const { server } = running;
    const id = await beginBefore(running);
    const session = ['Host: a', `Mcp-Session-Id: ${id}`];
    const post = (expectation: string): Promise<string> =>
      sendRaw(running, toRaw(CALL, [...session, `Expect: ${expectation}`]));
    expect(await post('100-continue')).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200/);
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      running.app.listen(request, response);
    });
    running.restart();
    expect(await post('100-continue')).toMatch(/100 Continue\r\n\r\nHTTP\/1.1 200/);
  });

  it('is taken by one copy of holdover only', async () => {
    const { holdMcpSessions: again } = (await import(
      '../../src/mcp/hook/hook.ts?copy' as string
    )) as { holdMcpSessions: typeof holdMcpSessions };
    expect(again).not.toBe(holdMcpSessions);
    again(() => {
      throw new Error('opened by another');
    });
    const running = await run();
    const id = await beginBefore(running);
    expect((await say(running, CALL, { id })).status).toBe(200);
    expect(running.app.heard).toHaveLength(3);
  });
});

describe('a request that is held', () => {
  it('is not heard of when its client has gone, and nothing else happens', async () => {
    const running = await run();
    const id = await beginBefore(running);
    let answer = (): void => {};
    running.app.onInitialize = (response) => {
      answer = () => void response.writeHead(400).end();
    };
    const socket = connect(running.port, '127.0.0.1');
    socket.write(toRaw(CALL, ['Host: a', `Mcp-Session-Id: ${id}`]));
    await poll(() => running.app.heard.length === 1);
    const held = await countConnections(running.server);
    socket.resetAndDestroy();
    await poll(async () => (await countConnections(running.server)) < held);
    answer();
    expect((await say(running, CALL, { id: 'unknown' })).status).toBe(404);
    expect(running.app.requests).toHaveLength(2);
  });
});

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

describe('the body of a request', () => {
  const LONG = { ...CALL, params: { text: 'ä'.repeat(20_000) } };
  const LARGE = { ...CALL, params: { text: 'x'.repeat(LARGEST_BODY) } };

  it('reaches the app whole, held or not', async () => {
    const running = await run();
    const id = await beginBefore(running);
    const listener: RequestListener = (request, response) => {
      const parts: Buffer[] = [];
      request.on('readable', () => {
        const read = (): Buffer | null => (request.read(100) ?? request.read()) as Buffer | null;
        for (let part = read(); part; part = read()) parts.push(part);
      });
      request.on('end', () => {
        response.end(
          JSON.stringify({ got: JSON.parse(Buffer.concat(parts).toString()) as unknown }),
        );
      });
    };
    const tiny = running.app.listen;
    const heard: (string | undefined)[] = [];
    // The session is made anew by the tiny server; what is held goes to the other.
    const listen = (request: IncomingMessage, response: ServerResponse): void => {
      const isInside = request.headers.connection === 'close';
      if (!isInside) heard.push(request.headers['mcp-session-id']?.toString());
      (isInside ? tiny : listener)(request, response);
    };
    running.app = Object.assign(running.app, { listen });
    for (const body of [CALL, LONG, LARGE]) {
      const unheld = await say(running, body);
      expect(JSON.parse(unheld.text)).toEqual({ got: body });
      const held = await say(running, body, { id });
      expect(JSON.parse(held.text)).toEqual({ got: body });
    }
    const [ownId] = running.app.sessions.keys();
    expect(heard).toEqual([undefined, ownId, undefined, ownId, undefined, ownId]);
  });
});

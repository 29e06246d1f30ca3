import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holdMcpSessions } from '../../src/mcp/hook/hook.ts';
import { LARGEST_BODY, noteBody } from '../../src/mcp/hook/body.ts';
import { mayBeMcp } from '../../src/mcp/hook/recognise.ts';
import { poll } from '../support/poll.ts';
import { CALL, INITIALIZE, readText, run, say, type Running } from './tiny-server.ts';

const EVENTS = 'application/json, text/event-stream';

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
  const POST = { method: 'POST' };
  const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'];

  it.each<[boolean, string, { method: string; rawHeaders: string[] }]>([
    [true, 'names a session', { method: 'GET', rawHeaders: ['Mcp-Session-Id', 'a'] }],
    [true, 'posts JSON for both', { ...POST, rawHeaders: [...JSON_TYPE, 'Accept', EVENTS] }],
    [
      true,
      'says twice what it takes',
      {
        ...POST,
        rawHeaders: ['Accept', 'application/json', 'ACCEPT', 'text/event-stream', ...JSON_TYPE],
      },
    ],
    [
      false,
      'takes no stream',
      { ...POST, rawHeaders: [...JSON_TYPE, 'accept', 'application/json'] },
    ],
    [
      false,
      'takes nothing else',
      { ...POST, rawHeaders: [...JSON_TYPE, 'accept', 'text/event-stream'] },
    ],
    [
      false,
      'posts something else',
      { ...POST, rawHeaders: ['accept', EVENTS, 'content-type', 'text/plain'] },
    ],
    [false, 'gets', { method: 'GET', rawHeaders: ['accept', EVENTS, ...JSON_TYPE] }],
    [false, 'has other headers as long', { method: 'GET', rawHeaders: ['sec-fetch-mode', 'cors'] }],
    [false, 'has no headers', { method: 'GET', rawHeaders: [] }],
  ])('is told by its headers: %s where it %s', (isMcp, _what, request) => {
    expect(mayBeMcp(request)).toBe(isMcp);
  });
});

describe('the moment before the app hears of a request', () => {
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

  it('is over when the app hears of one, and when it hears of none', async () => {
    const running = await run();
    const { server } = running;
    const seen: boolean[] = [];
    const note = (): void => void seen.push(Object.hasOwn(server, 'emit'));
    running.app.read = (request) => {
      note();
      return readText(request);
    };
    await say(running, INITIALIZE);
    // Node refuses it itself.
    expect(await sendRaw(running, toRaw(INITIALIZE))).toMatch(/^HTTP\/1.1 400/);
    note();
    const expecting = toRaw(INITIALIZE, ['Host: a', 'Expect: something']);
    expect(await sendRaw(running, expecting)).toMatch(/^HTTP\/1.1 417/);
    note();
    server.maxRequestsPerSocket = 1;
    const last = toRaw(INITIALIZE, ['Host: a']);
    const first = last.replace('Connection: close', 'X: 1');
    expect(await sendRaw(running, first + last)).toMatch(/503 Service Unavailable/);
    note();
    expect(seen).toEqual([false, false, false, false, false]);
    expect(running.app.heard).toEqual(['POST initialize', 'POST initialize']);
  });

  it('gives an app back the emit that it has put there', async () => {
    const running = await run();
    const { server } = running;
    const heard: unknown[] = [];
    const inherited = server.emit.bind(server) as (...args: unknown[]) => boolean;
    const own = ((...args: unknown[]) => {
      heard.push(args[0]);
      return inherited(...args);
    }) as Server['emit'];
    server.emit = own;
    const id = await beginBefore(running);
    expect((await say(running, CALL, { id })).status).toBe(200);
    expect(server.emit).toBe(own);
    expect(Object.getOwnPropertyDescriptor(server, 'emit')?.enumerable).toBe(true);
    // initialize; and after the restart initialize, initialized, and the call itself.
    expect(heard.filter((event) => event === 'request')).toHaveLength(4);
  });

  it('comes by whichever event Node chooses', async () => {
    const running = await run();
    const { server } = running;
    const id = await beginBefore(running);
    const events: string[] = [];
    const listen = (event: string): void => {
      server.on(event, (request: IncomingMessage, response: ServerResponse) => {
        events.push(event);
        if (event === 'checkContinue') response.writeContinue();
        running.app.listen(request, response);
      });
    };
    const session = ['Host: a', `Mcp-Session-Id: ${id}`];
    const post = (expectation: string): Promise<string> =>
      sendRaw(running, toRaw(CALL, [...session, `Expect: ${expectation}`]));
    expect(await post('100-continue')).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200/);
    listen('checkContinue');
    listen('checkExpectation');
    running.restart();
    expect(await post('100-continue')).toMatch(/100 Continue\r\n\r\nHTTP\/1.1 200/);
    running.restart();
    expect(await post('something')).toMatch(/^HTTP\/1.1 200/);
    expect(events).toEqual(['checkContinue', 'checkExpectation']);
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
  it('is answered where it has come', async () => {
    const where = new AsyncLocalStorage<number>();
    let count = 0;
    const enter = (): void => where.enterWith(count++);
    subscribe('http.server.request.start', enter);
    onTestFinished(() => void unsubscribe('http.server.request.start', enter));
    const running = await run();
    const id = await beginBefore(running);
    const places: [unknown, unknown][] = [];
    running.app.read = async (request) => {
      const begun = where.getStore();
      const text = await readText(request);
      if (text.includes('tools/call')) places.push([begun, where.getStore()]);
      return text;
    };
    await Promise.all([say(running, CALL, { id }), say(running, CALL, { id })]);
    // As they came: before and among the two that make the session anew.
    expect(places.map(([begun]) => begun)).toEqual([...new Set(places.map(([begun]) => begun))]);
    for (const [begun, after] of places) expect(after).toBe(begun);
    expect(places[0]?.[0]).toBe(1);
  });

  it('is heard of where Node reads no body of it', async () => {
    const options: object = { optimizeEmptyRequests: true }; // from Node 24.12 on
    const running = await run(undefined, createServer(options));
    const id = await beginBefore(running);
    const { status } = await say(running, undefined, { id, method: 'DELETE' });
    expect([status, running.app.heard.at(-1)]).toEqual([200, 'DELETE']);
  });

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
    const [held] = await connectionsOf(running.server);
    socket.resetAndDestroy();
    await poll(async () => (await connectionsOf(running.server)).length < (held ?? 0));
    answer();
    expect((await say(running, CALL, { id: 'unknown' })).status).toBe(404);
    expect(running.app.requests).toHaveLength(2);
  });
});

async function connectionsOf(server: Server): Promise<number[]> {
  const count = await new Promise<number>((resolve, reject) => {
    server.getConnections((error, connections) => (error ? reject(error) : resolve(connections)));
  });
  return Array.from({ length: count }, () => count);
}

describe('the body of a request', () => {
  const LONG = { ...CALL, params: { text: 'ä'.repeat(20_000) } };
  const LARGE = { ...CALL, params: { text: 'x'.repeat(LARGEST_BODY) } };

  it.each<[string, () => RequestListener | Promise<RequestListener>]>([
    [
      'express.json',
      () => {
        const app = express().use(express.json({ limit: '8mb' }));
        return app.use((request, response) => {
          response.set('mcp-session-id', 'id').json({ got: request.body as unknown });
        });
      },
    ],
    [
      'express.raw',
      () => {
        const app = express().use(express.raw({ type: () => true, limit: '8mb' }));
        return app.use((request, response) => {
          response.json({ got: JSON.parse(String(request.body)) as unknown });
        });
      },
    ],
    [
      'Fastify',
      async () => {
        const app = fastify({ bodyLimit: 2 * LARGEST_BODY });
        app.post('/mcp', async (request) => ({ got: request.body }));
        await app.ready();
        return app.routing as RequestListener;
      },
    ],
    [
      'a listener that comes late',
      () => (request, response) => {
        setTimeout(() => {
          void readText(request).then((text) => {
            response.end(JSON.stringify({ got: JSON.parse(text) as unknown }));
          });
        }, 20);
      },
    ],
    [
      'a reader of what is there',
      () => (request, response) => {
        const parts: Buffer[] = [];
        request.on('readable', () => {
          for (
            let part = request.read(100);
            part ?? (part = request.read());
            part = request.read(100)
          ) {
            parts.push(part as Buffer);
          }
        });
        request.on('end', () => {
          response.end(
            JSON.stringify({ got: JSON.parse(Buffer.concat(parts).toString()) as unknown }),
          );
        });
      },
    ],
  ])('reaches %s whole, held or not', async (_name, create) => {
    const running = await run();
    const id = await beginBefore(running);
    const listener = await create();
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

  it('is seen whole by whoever asks for it, also later, and is let go of by the request', async () => {
    const texts: (string | undefined)[] = [];
    let hasOwn = true;
    const server = createServer((request, response) => {
      const first = noteBody(request);
      expect(noteBody(request)).toBe(first);
      request.on('data', (chunk: Buffer) => void chunk.fill(0)); // it is the app's
      request.on('end', () => {
        texts.push(first.text, noteBody(request).text);
        hasOwn = Object.hasOwn(request, 'push');
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const post = (body: string): Promise<unknown> => fetch(url, { method: 'POST', body });
    await post('äöü');
    await post('x'.repeat(LARGEST_BODY));
    await post('x'.repeat(LARGEST_BODY + 1));
    await post('');
    expect(texts.slice(0, 2)).toEqual(['äöü', 'äöü']);
    expect(texts[2]).toHaveLength(LARGEST_BODY);
    expect(texts.slice(4)).toEqual([undefined, undefined, '', '']);
    expect(hasOwn).toBe(false);
  });
});

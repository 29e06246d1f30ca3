import type { IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { seenRequests, rememberRequests } from '../../src/history/seen-requests.ts';
import { forgetMcpSessions, holdMcpSessions } from '../../src/mcp/hook/hook.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { poll } from '../support/poll.ts';
import {
  CALL,
  INITIALIZE,
  VERSION,
  TinyServer,
  readText,
  run,
  say,
  toNotification,
  type Running,
} from './tiny-server.ts';

/** Begins a session and goes on with it as clients do. */
async function begin(running: Running, token?: string): Promise<string> {
  const { id = '' } = await say(running, INITIALIZE, token === undefined ? {} : { token });
  await say(running, toNotification('notifications/initialized'), { id, ...(token && { token }) });
  return id;
}

describe('a session that another process has begun', () => {
  it('goes on with its id, and the app knows its client', async () => {
    const running = await run();
    const id = await begin(running);
    const app = running.restart();
    const { status, id: after, result } = await say(running, CALL, { id });
    expect({ status, after, by: result?.by }).toEqual({ status: 200, after: id, by: 'new' });
    expect(result?.session).toEqual({
      client: { name: 'test', version: '7' },
      told: ['notifications/initialized', 'tools/call'],
    });
    // What the app reads is the id that it has made, wherever it looks; the URL is that of the client.
    const [ownId] = app.sessions.keys();
    const { headers, rawHeaders, headersDistinct, url } = app.requests.at(-1) ?? {};
    expect(headers?.['mcp-session-id']).toBe(ownId);
    expect(rawHeaders).toContain(ownId);
    expect(rawHeaders).not.toContain(id);
    expect(headersDistinct?.['mcp-session-id']).toEqual([ownId]);
    expect(url).toBe('/mcp?key=secret');
    expect(app.requests[0]?.socket.remoteAddress).toBe('127.0.0.1');
    expect(running.storage.get(id)?.text).not.toContain('secret');
  });

  it('is asked for with what the waiting request has, but for what is its own', async () => {
    const running = await run();
    const id = await begin(running);
    const app = running.restart();
    const credentials = { authorization: 'a', cookie: 'b=c', origin: 'https://d', 'x-tenant': 'e' };
    const own = { 'last-event-id': 'f', 'if-none-match': 'g', 'accept-language': 'h', range: 'i' };
    await say(running, undefined, { id, method: 'DELETE', headers: { ...credentials, ...own } });
    const [initialize, initialized, last] = app.requests;
    const host = `127.0.0.1:${running.port}`;
    for (const { url, headers } of [initialize, initialized] as IncomingMessage[]) {
      expect(url).toBe('/mcp?key=secret');
      expect(headers).toMatchObject({ ...credentials, host, 'content-type': 'application/json' });
      for (const name of Object.keys(own)) expect(headers[name]).toBeUndefined();
    }
    expect(initialize?.headers['mcp-session-id']).toBeUndefined();
    expect(initialize?.headers['mcp-protocol-version']).toBeUndefined();
    expect(initialized?.headers['mcp-session-id']).toMatch(/^new-/);
    expect(initialized?.headers['mcp-protocol-version']).toBe(VERSION);
    expect(last?.headers).toMatchObject({ ...credentials, 'if-none-match': 'g', range: 'i' });
  });

  it.each<[string, TinyServer['answer']]>([
    ['an object', (response, headers, body) => response.writeHead(200, headers).end(body)],
    [
      'a flat list',
      (response, headers, body) =>
        response.writeHead(200, Object.entries(headers).flat()).end(body),
    ],
    [
      'no headers, which were set before',
      (response, headers, body) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.end(body);
      },
    ],
    [
      'headers that were flushed, and a body in parts',
      (response, headers, body) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.flushHeaders();
        response.write(body.slice(0, 5));
        setImmediate(() => response.end(body.slice(5)));
      },
    ],
    [
      'a stream of events that stays open',
      (response, headers, body) => {
        response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
        response.write(`: begin\n\nevent: message\r\ndata: ${body.slice(0, 5)}`);
        setImmediate(() => response.write(`${body.slice(5)}\r\n\r\n`));
        if (body.includes('"by"')) setImmediate(() => response.end());
      },
    ],
  ])('keeps its id where the app answers with %s', async (_name, answer) => {
    const running = await run();
    const response = await fetch(running.url, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify(INITIALIZE),
    });
    const id = response.headers.get('mcp-session-id') ?? '';
    const app = running.restart();
    app.answer = answer;
    const { status, id: after, text } = await say(running, CALL, { id });
    expect({ status, after }).toEqual({ status: 200, after: id });
    expect(text).toContain('"by":"new"');
    await say(running, CALL, { id });
    expect(app.heard.filter((heard) => heard === 'POST initialize')).toHaveLength(1);
    const inside = app.requests.filter(({ headers }) => headers.connection === 'close');
    expect(inside.length).toBeGreaterThan(0);
    await poll(() => inside.every(({ socket }) => socket.destroyed));
  });

  it('is told what its client has set, the last level and what it still listens to', async () => {
    const running = await run();
    const id = await begin(running);
    const set = (method: string, params: object): Promise<unknown> =>
      say(running, { jsonrpc: '2.0', id: 5, method, params }, { id });
    await set('logging/setLevel', { level: 'info' });
    await set('resources/subscribe', { uri: 'a:1' });
    await set('resources/subscribe', { uri: 'a:2' });
    running.restart();
    await set('resources/unsubscribe', { uri: 'a:1' });
    await set('logging/setLevel', { level: 'debug' });
    await set('logging/setLevel', { level: 'x'.repeat(64 * 1024) }); // too large to be kept
    const app = running.restart(new TinyServer('third'));
    const { result } = await say(running, CALL, { id });
    const told = ['notifications/initialized', 'logging/setLevel', 'resources/subscribe'];
    expect(result?.session.told).toEqual([...told, 'tools/call']);
    const bodies = running.storage.get(id)?.text ?? '';
    expect(bodies).toContain('"debug"');
    expect(bodies).toContain('a:2');
    expect(bodies).not.toContain('a:1');
    expect(app.heard).toHaveLength(5);
  });

  it('is begun with the credentials of a request that has them, and ended by no stranger', async () => {
    const running = await run();
    const users = { alice: 'Alice', new: 'Alice', mallory: 'Mallory' };
    running.app.users = users;
    const id = await begin(running, 'alice');
    const app = running.restart();
    app.users = { new: 'Alice', mallory: 'Mallory' };
    // At once, the wrong one first: each has its own try.
    const all = ['alice', 'alice', 'new'].map((token) => say(running, CALL, { id, token }));
    const answers = (await Promise.all(all)).map(({ status }) => status);
    expect(answers).toEqual([401, 401, 200]);
    expect((await say(running, CALL, { id, token: 'mallory' })).status).toBe(403);
    // The first one with a stolen id gets a session of its own, and ends that.
    const next = running.restart(new TinyServer('third'));
    next.users = users;
    const stolen = await say(running, CALL, { id, token: 'mallory' });
    expect(stolen.result?.session.owner).toBe('Mallory');
    const ended = await say(running, undefined, { id, token: 'mallory', method: 'DELETE' });
    expect(ended.status).toBe(200);
    const { result } = await say(running, CALL, { id, token: 'alice' });
    expect(result?.session.owner).toBe('Alice');
  });

  it('ends with DELETE, and where the app says that it is not there', async () => {
    const running = await run();
    const [first, second] = [await begin(running), await begin(running)];
    let app = running.restart();
    expect((await say(running, undefined, { id: first, method: 'DELETE' })).status).toBe(200);
    expect(app.heard).toEqual(['POST initialize', 'POST notifications/initialized', 'DELETE']);
    expect(app.sessions.size).toBe(0);
    expect((await say(running, CALL, { id: first })).status).toBe(404);
    await say(running, CALL, { id: second });
    app.sessions.clear();
    expect((await say(running, CALL, { id: second })).status).toBe(404);
    app = running.restart(new TinyServer('third'));
    for (const id of [first, second]) {
      expect((await say(running, CALL, { id })).status).toBe(404);
    }
    expect(app.heard).toEqual(['POST tools/call', 'POST tools/call']);
  });

  it('is not given up where its code goes while a request is on its way to it', async () => {
    const running = await run();
    const id = await begin(running);
    const app = running.restart();
    await say(running, CALL, { id });
    app.read = (request) => {
      forgetMcpSessions();
      app.sessions.clear();
      return readText(request);
    };
    const { status, text } = await say(running, CALL, { id });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      id: 1,
      error: { code: -32_000, message: expect.stringMatching(/was restarted .* Send it again\.$/) },
    });
    app.read = readText;
    expect((await say(running, CALL, { id })).status).toBe(200);
  });

  it('is made anew unseen by what looks at requests of visitors', async () => {
    rememberRequests(() => {});
    const running = await run();
    const id = await begin(running);
    running.restart();
    const before = new Set(seenRequests());
    await say(running, CALL, { id });
    expect([...seenRequests()].filter((request) => !before.has(request))).toHaveLength(1);
  });
});

describe('what is kept of sessions', () => {
  const DAY = 24 * 60 * 60 * 1000;

  it('lasts for seven days, whatever the lifetime of a login is, and is touched once a minute', async () => {
    const storage = new MemoryStorage();
    const running = await run(storage);
    const id = await begin(running);
    const { expires = 0 } = storage.get(id) ?? {};
    expect(expires).toBeGreaterThan(Date.now() + 7 * DAY - 60_000);
    expect(expires).toBeLessThanOrEqual(Date.now() + 7 * DAY);
    for (let i = 0; i < 10; i++) await say(running, CALL, { id });
    expect(storage.written).toEqual(['set']);
  });

  it('is where it was said last, and nowhere where that cannot be opened', async () => {
    const [first, second] = [new MemoryStorage(), new MemoryStorage()];
    const running = await run(first);
    const sessions = new Sessions(second, 1000);
    await begin(running);
    holdMcpSessions(() => sessions);
    const id = await begin(running);
    expect([await first.count(), await second.count()]).toEqual([1, 1]);
    holdMcpSessions(() => {
      throw new Error('no such directory');
    });
    expect((await say(running, INITIALIZE)).status).toBe(200);
    running.restart();
    expect((await say(running, CALL, { id })).status).toBe(404);
  });
});

describe('a session that cannot go on', () => {
  /** What a client is answered after a restart, and what the new app has heard. */
  async function after(
    running: Running,
    id: string,
    change: (app: TinyServer) => void = () => {},
  ): Promise<[number, string[]]> {
    const app = running.restart(new TinyServer('next'));
    change(app);
    const { status } = await say(running, CALL, { id });
    return [status, app.heard];
  }

  const UNTOUCHED = [404, ['POST tools/call']];
  const TRIED = [404, ['POST initialize', 'POST tools/call']];

  it('is one that nobody knows, or that is asked for elsewhere', async () => {
    const running = await run();
    const id = await begin(running);
    expect(await after(running, 'unknown')).toEqual(UNTOUCHED);
    const elsewhere = { ...running, url: running.url.replace('/mcp', '/other') };
    running.restart();
    expect((await say(elsewhere, CALL, { id })).status).toBe(404);
    expect(running.app.heard).toEqual(['POST tools/call']);
    expect((await say(running, CALL, { id })).status).toBe(200);
  });

  it('is one that the new code refuses, and goes on when it does not', async () => {
    const running = await run();
    const id = await begin(running);
    const reply = (status: number, headers: object, answer: object | string) => (app: TinyServer) =>
      void (app.onInitialize = (response) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(typeof answer === 'string' ? answer : JSON.stringify(answer)));
    const named = { 'mcp-session-id': 'other' };
    const result = { protocolVersion: VERSION };
    const answer = { jsonrpc: '2.0', id: 'holdover-0' };
    const error = { code: -32_602, message: 'no' };
    for (const change of [
      reply(400, {}, 'no'),
      reply(200, named, 'broken'),
      reply(200, named, { ...answer, error }),
      reply(200, named, { ...answer, id: 'other', result }),
      reply(200, {}, { ...answer, result }),
      (app: TinyServer) => void (app.onInitialize = (response) => response.socket?.destroy()),
      (app: TinyServer) => void (app.version = '2024-11-05'),
    ]) {
      expect(await after(running, id, change)).toEqual(TRIED);
    }
    expect((await after(running, id))[0]).toBe(200);
  });

  it('is one whose app does not answer in time', async () => {
    const running = await run();
    const id = await begin(running);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const trying = after(running, id, (app) => (app.onInitialize = () => {}));
    await poll(() => running.app.heard.length > 0);
    vi.advanceTimersByTime(10_000);
    expect(await trying).toEqual(TRIED);
  });

  it('is one that was too large, or no JSON-RPC, or refused', async () => {
    const running = await run();
    const { params } = INITIALIZE;
    const large = { ...INITIALIZE, params: { ...params, more: 'x'.repeat(70_000) } };
    const { id = '', status } = await say(running, large);
    expect(status).toBe(200);
    expect(await after(running, id)).toEqual(UNTOUCHED);
    for (const text of ['', '{ broken', 'null', '[null]', '1', '{"jsonrpc":"1.0"}']) {
      expect((await say(running, text)).status).toBe(404);
    }
    running.restart().onInitialize = (response) =>
      void response.writeHead(400, { 'mcp-session-id': 'refused' }).end();
    expect((await say(running, INITIALIZE)).status).toBe(400);
    expect(await after(running, 'refused')).toEqual(UNTOUCHED);
    expect(await running.storage.count()).toBe(0);
  });

  it('is one whose record is damaged', async () => {
    const running = await run();
    const [first, second] = [await begin(running), await begin(running)];
    running.storage.set(first, 'no record', 1e6);
    const { text = '' } = running.storage.get(second) ?? {};
    running.storage.set(second, text.replace('"path"', '"pith"'), 1e6);
    expect(await after(running, first)).toEqual(UNTOUCHED);
    expect(await after(running, second)).toEqual(UNTOUCHED);
  });

  it('costs nothing else where the storage cannot be used', async () => {
    class Full extends MemoryStorage {
      isBroken = true;
      fail(): never {
        throw new Error('ENOSPC');
      }
      override set(key: string, text: string, ttl: number): boolean {
        return this.isBroken ? this.fail() : super.set(key, text, ttl);
      }
      override touch(key: string, ttl: number): boolean {
        return this.isBroken ? this.fail() : super.touch(key, ttl);
      }
      override get(key: string) {
        return this.isBroken ? this.fail() : super.get(key);
      }
    }
    const storage = new Full();
    const running = await run(storage);
    const id = await begin(running);
    expect((await say(running, CALL, { id })).status).toBe(200);
    expect(await after(running, id)).toEqual(UNTOUCHED);
    storage.isBroken = false;
    expect((await after(running, await begin(running)))[0]).toBe(200);
  });
});

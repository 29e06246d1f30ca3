import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express, { type Request, type Response } from 'express';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { poll } from '../support/poll.ts';
import { TestClient, type Sdk } from './http/clients.ts';
import { run, type Running, type TinyServer } from './tiny-server.ts';

/** An app of Express and the SDK, as a process of it would be: its sessions are in its memory. */
class App {
  readonly sessions = new Map<string, StreamableHTTPServerTransport>();
  /** `POST initialize`, and so on. */
  readonly heard: string[] = [];
  readonly owners = new Map<string, string | undefined>();
  /** Requests for `initialize` that are never answered. */
  readonly unanswered: Response[] = [];
  isSilent = false;
  readonly #version: string;
  readonly #app = express().use(express.json());

  /** @param methods for which the app has a route */
  constructor(version: string, methods: ('post' | 'delete')[] = ['post', 'delete']) {
    this.#version = version;
    for (const method of methods) {
      this.#app[method]('/mcp', (request, response) => void this.#answer(request, response));
    }
  }

  readonly listen = (request: IncomingMessage, response: ServerResponse): void => {
    this.#app(request, response);
  };

  async #answer(request: Request, response: Response): Promise<void> {
    const { method = '' } = (request.body ?? {}) as { method?: string };
    this.heard.push(`${request.method} ${method}`.trim());
    if (this.isSilent && method === 'initialize') return void this.unanswered.push(response);
    const id = request.get('mcp-session-id');
    const user = request.get('authorization');
    const known = id === undefined ? undefined : this.sessions.get(id);
    const isOwn = known !== undefined && this.owners.get(id ?? '') === user;
    // A session of another user is answered as one that is not there, which is good practice.
    if (id !== undefined && !isOwn) {
      const error = { code: -32_001, message: 'Session not found' };
      return void response.status(404).json({ jsonrpc: '2.0', id: null, error });
    }
    const transport = known ?? (await this.#begin(user));
    await transport.handleRequest(request, response, request.body);
  }

  async #begin(user: string | undefined): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: true,
      onsessioninitialized: (id) => {
        this.sessions.set(id, transport);
        this.owners.set(id, user);
      },
      onsessionclosed: (id) => void this.sessions.delete(id),
    });
    const server = new McpServer({ name: 'a server', version: this.#version });
    server.registerTool('version', {}, () => {
      const answer = { version: this.#version, user, client: server.server.getClientVersion() };
      return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
    });
    await server.connect(transport as never);
    return transport;
  }
}

/** Starts an app, and what lets another one take its place as the next process would. */
async function begin(app: App): Promise<Running> {
  const running = await run();
  running.app = app as never as TinyServer;
  return running;
}

function restart(running: Running, app: App): App {
  running.restart(app as never as TinyServer);
  return app;
}

function connect({ url }: Running, sdk: Sdk, user?: string): Promise<TestClient> {
  return TestClient.connect(
    sdk,
    url,
    user === undefined ? {} : { headers: { authorization: user } },
  );
}

/** Waits until requests in a session have come, whether or not the app has seen them. */
function come(count: number): Promise<unknown> {
  let seen = 0;
  const see = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    if (request.method === 'POST' && 'mcp-session-id' in request.headers) seen++;
  };
  subscribe('http.server.request.start', see);
  onTestFinished(() => void unsubscribe('http.server.request.start', see));
  return poll(() => seen >= count);
}

/** A request of a client that knows the id of another one's session. */
async function ask(
  { url }: Running,
  { sessionId = '' }: TestClient,
  user: string,
  method = 'POST',
): Promise<number> {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-session-id': sessionId,
      authorization: user,
    },
    ...(method === 'POST' && { body: JSON.stringify(message) }),
  });
  await response.body?.cancel();
  return response.status;
}

describe.each<Sdk>(['v1', 'v2'])('a session of a client of the SDK %s', (sdk) => {
  it('is kept where the app answers nothing but POST', async () => {
    const running = await begin(new App('1', ['post']));
    const client = await connect(running, sdk);
    await poll(() => client.errors.length > 0); // its stream was refused
    const { sessionId } = client;
    restart(running, new App('2', ['post']));
    const told = { version: '2', client: { name: client.name, version: '1.2.3' } };
    expect(await client.call('version')).toMatchObject(told);
    await client.terminate().catch(() => {}); // no route for that either
    restart(running, new App('3', ['post']));
    expect(await client.call('version')).toMatchObject({ version: '3' });
    expect(client.sessionId).toBe(sessionId);
  });

  it('is ended by no stranger who knows its id', async () => {
    const running = await begin(new App('1'));
    const client = await connect(running, sdk, 'ann');
    expect(await ask(running, client, 'bob')).toBe(404);
    expect(await ask(running, client, 'bob', 'DELETE')).toBe(404);
    restart(running, new App('2'));
    expect(await client.call('version')).toMatchObject({ version: '2', user: 'ann' });

    // The stranger comes first, is given a session of his own, and ends it.
    restart(running, new App('3'));
    expect(await ask(running, client, 'bob', 'DELETE')).toBe(200);
    expect(await client.call('version')).toMatchObject({ version: '3', user: 'ann' });

    // The stranger comes first and stays: each has the own session.
    const app = restart(running, new App('4'));
    expect(await ask(running, client, 'bob')).toBe(200);
    expect(await client.call('version')).toMatchObject({ version: '4', user: 'ann' });
    expect(await ask(running, client, 'bob')).toBe(404);
    expect([...app.owners.values()].sort()).toEqual(['ann', 'bob']);

    await client.terminate();
    restart(running, new App('5'));
    expect(await ask(running, client, 'ann')).toBe(404);
  });

  it('is tried once, for all who wait, with a server that never answers `initialize`', async () => {
    const running = await begin(new App('1'));
    const client = await connect(running, sdk);
    await client.call('version');
    const silent = new App('2');
    silent.isSilent = true;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    restart(running, silent);
    const all = come(2);
    const calls = [client.call('version'), client.call('version')].map((call) =>
      call.then(
        () => 'answered',
        (error: Error) => error.message,
      ),
    );
    await all;
    await poll(() => silent.unanswered.length > 0);
    vi.advanceTimersByTime(10_000);
    for (const text of await Promise.all(calls)) expect(text).toContain('Session not found');
    expect(silent.heard.filter((heard) => heard === 'POST initialize')).toHaveLength(1);
    vi.useRealTimers();
    restart(running, new App('3'));
    expect(await client.call('version')).toMatchObject({ version: '3' });
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { forgetMcpSessions, holdMcpSessions } from '../../src/mcp/hook/hook.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { MemoryStorage } from '../../src/storage/memory.ts';

export const VERSION = '2025-06-18';

interface Message {
  id?: unknown;
  method?: string;
  params?: unknown;
}

/** What a server has in mind of a session. */
interface TinySession {
  owner: string | undefined;
  client: unknown;
  told: string[];
}

type Answer = (response: ServerResponse, headers: Record<string, string>, body: string) => void;

/** An MCP server without any package, which notes what it is asked. */
export class TinyServer {
  readonly sessions = new Map<string, TinySession>();
  /** `POST initialize`, and so on. */
  readonly heard: string[] = [];
  readonly requests: IncomingMessage[] = [];
  /** By token; everybody is let in without. */
  users: Record<string, string> | undefined;
  version: string | undefined;
  /** In place of the answer to `initialize`. */
  onInitialize: ((response: ServerResponse) => void) | undefined;
  capabilities: object = {};
  /** Answers a GET. */
  stream = (response: ServerResponse): void =>
    void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
  read: (request: IncomingMessage) => Promise<string> = readText;
  answer: Answer = (response, headers, body) => response.writeHead(200, headers).end(body);
  readonly name: string;

  constructor(name = 'old') {
    this.name = name;
  }

  readonly listen = (request: IncomingMessage, response: ServerResponse): void => {
    this.requests.push(request);
    void this.#serve(request, response);
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await this.read(request);
    await nextTurn(); // what else has come is heard before the answer
    const { method, headers } = request;
    const message = parse(text);
    this.heard.push(`${method} ${message?.method ?? ''}`.trim());
    const refuse = (status: number): void => void response.writeHead(status).end('refused');
    const owner = this.users?.[headers.authorization ?? ''];
    if (this.users && owner === undefined) return refuse(401);
    const id = headers['mcp-session-id']?.toString();
    if (message?.method === 'initialize' && id === undefined) {
      return this.#begin(response, message, owner);
    }
    const session = this.sessions.get(id ?? '');
    if (!session) return refuse(404);
    if (session.owner !== owner) return refuse(403);
    if (method === 'DELETE') {
      this.sessions.delete(id ?? '');
      return refuse(200);
    }
    if (method === 'GET') return this.stream(response);
    session.told.push(message?.method ?? '');
    if (message?.id === undefined) return refuse(202);
    const result = { by: this.name, session, length: text.length };
    return this.#reply(response, message, result, { 'mcp-session-id': id ?? '' });
  }

  #begin(response: ServerResponse, message: Message, owner: string | undefined): void {
    if (this.onInitialize) return this.onInitialize(response);
    const id = `${this.name}-${Math.random().toString(36).slice(2)}`;
    const { clientInfo, protocolVersion } = message.params as Record<string, unknown>;
    this.sessions.set(id, { owner, client: clientInfo, told: [] });
    const { version = protocolVersion, capabilities } = this;
    const result = { protocolVersion: version, capabilities };
    this.#reply(response, message, result, { 'mcp-session-id': id });
  }

  #reply(
    response: ServerResponse,
    { id }: Message,
    result: unknown,
    headers: Record<string, string>,
  ): void {
    const body = JSON.stringify({ jsonrpc: '2.0', id, result });
    this.answer(response, { 'content-type': 'application/json', ...headers }, body);
  }
}

export async function readText(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

function parse(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined;
  }
}

/** A server that listens, and whose app is another after each restart. */
export interface Running {
  server: Server;
  url: string;
  port: number;
  app: TinyServer;
  storage: MemoryStorage;
  /** As if another process answered from now on. */
  restart: (app?: TinyServer) => TinyServer;
}

/** Starts one, with holdover as it is in an app; it ends with the test. */
export async function run(
  storage = new MemoryStorage(),
  server: Server = createServer(),
): Promise<Running> {
  const sessions = new Sessions(storage, 1000);
  holdMcpSessions(() => sessions);
  forgetMcpSessions();
  const running = { server, storage, app: new TinyServer() } as Running;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    running.app.listen(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.port = (server.address() as AddressInfo).port;
  running.url = `http://127.0.0.1:${running.port}/mcp?key=secret`;
  running.restart = (app = new TinyServer('new')) => {
    forgetMcpSessions();
    return (running.app = app);
  };
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return running;
}

/** How a client says something. */
export interface Saying {
  id?: string | undefined;
  token?: string;
  method?: string;
  headers?: Record<string, string>;
}

/** What a client is answered. */
export interface Said {
  status: number;
  id: string | undefined;
  text: string;
  result: { by: string; session: TinySession; length: number } | undefined;
}

/** Says something as a client does. */
export async function say(
  { url }: Pick<Running, 'url'>,
  body: string | object | undefined,
  { id, token, method = 'POST', headers }: Saying = {},
): Promise<Said> {
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(id === undefined ? {} : { 'mcp-session-id': id, 'mcp-protocol-version': VERSION }),
      ...(token === undefined ? {} : { authorization: token }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const { result } = (parse(text) ?? {}) as { result?: Said['result'] };
  return {
    status: response.status,
    id: response.headers.get('mcp-session-id') ?? undefined,
    text,
    result,
  };
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: VERSION,
    capabilities: { roots: {} },
    clientInfo: { name: 'test', version: '7' },
  },
};

export const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look' } };

export function toNotification(method: string): object {
  return { jsonrpc: '2.0', method };
}

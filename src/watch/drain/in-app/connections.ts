import type { ServerResponse } from 'node:http';
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { LISTEN } from '../../../mcp/messages/json-rpc.ts';

interface Parser {
  socket?: HttpSocket | null;
}

/** A connection that speaks HTTP. */
export interface HttpSocket extends Socket {
  /** The response that is under way, also before its first byte. */
  _httpMessage?: ServerResponse | null;
}

interface ConnectionsList {
  all: () => Parser[];
  idle: () => Parser[];
}

/** The connections of a server, by what is in flight on them. */
interface HttpConnections {
  /** No request has begun on them since the last response; new ones too. */
  idle: HttpSocket[];
  /** A request is being read, or answered. */
  active: HttpSocket[];
}

/**
 * Tells which connections of an HTTP server are idle, as Node itself does for `closeIdleConnections()`.
 * Connections that were upgraded are in neither list.
 *
 * The list behind it is not documented; it is the same from Node 20 to 24, pinned by
 * `test/watch/drain.process.test.ts`.
 *
 * @returns undefined when the server does not speak HTTP/1, or Node has no such list
 */
export function toHttpConnections(server: Server): HttpConnections | undefined {
  const symbol = Object.getOwnPropertySymbols(server).find(
    ({ description }) => description === 'http.server.connections',
  );
  const list = symbol && (server as unknown as Record<symbol, ConnectionsList | undefined>)[symbol];
  if (!list) return undefined;
  // Node counts a connection as idle from the last byte of a request on, before it is answered.
  const quiet = new Set(list.idle().flatMap(toSocket));
  const idle = [];
  const active = [];
  for (const socket of list.all().flatMap(toSocket)) {
    const isQuiet = quiet.has(socket) || socket.bytesRead === 0;
    if (isQuiet && !socket._httpMessage) idle.push(socket);
    else active.push(socket);
  }
  return { idle, active };
}

function toSocket({ socket }: Parser): HttpSocket[] {
  return socket && !socket.destroyed ? [socket] : [];
}

/**
 * Keeps count of the HTTP/2 sessions of a server; one that speaks none is left alone.
 *
 * @returns asks the clients of all sessions to begin no new streams, closes each session when its streams
 * have ended, and tells whether a stream is open that will end
 */
export function watchSessions(server: Server): () => boolean {
  const open = new Map<Http2Session, Map<ServerHttp2Stream, IncomingHttpHeaders>>();
  const add = (session: Http2Session): void => {
    const streams = new Map<ServerHttp2Stream, IncomingHttpHeaders>();
    open.set(session, streams);
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      streams.set(stream, headers);
      stream.once('close', () => streams.delete(stream));
    });
    session.once('close', () => open.delete(session));
  };
  if ('updateSettings' in server) server.on('session', add);
  return () => {
    let isActive = false;
    for (const [session, streams] of open) {
      if (!session.closed) session.close();
      for (const [{ sentHeaders }, headers] of streams) {
        const asked = { method: headers[':method'], mcpMethod: headers['mcp-method'] };
        if (!isEndless({ ...asked, type: sentHeaders?.['content-type'] })) isActive = true;
      }
    }
    return isActive;
  };
}

/** A response whose head was sent, and what was asked. */
export interface Streamed {
  method: unknown;
  /** The header `Mcp-Method` of the request. */
  mcpMethod: unknown;
  /** The media type of the response. */
  type: unknown;
}

/** Media types of responses that have no end of their own. */
const ENDLESS = /^(text\/event-stream|multipart\/x-mixed-replace)/i;

/**
 * Whether a response goes on until somebody closes it. Events that answer a POST come to an end, as the
 * words of a language model and the answer of an MCP server do.
 */
export function isEndless({ method, mcpMethod, type }: Streamed): boolean {
  const [, kind] = ENDLESS.exec(String(type)) ?? [];
  if (kind === undefined) return false;
  return kind.startsWith('multipart') || method !== 'POST' || mcpMethod === LISTEN;
}

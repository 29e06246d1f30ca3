import type { Server, Socket } from 'node:net';
import type { ServerResponse } from 'node:http';

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

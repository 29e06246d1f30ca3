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
export interface HttpConnections {
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
 * `test/watch/drain.test.ts`.
 *
 * @returns undefined when the server does not speak HTTP/1, or Node has no such list
 */
export function toHttpConnections(server: Server): HttpConnections | undefined {
  const symbol = Object.getOwnPropertySymbols(server).find(
    ({ description }) => description === 'http.server.connections',
  );
  const list = symbol && (server as unknown as Record<symbol, ConnectionsList | undefined>)[symbol];
  if (!list) return undefined;
  const idle = new Set(list.idle().flatMap(toSocket));
  const active = [];
  for (const socket of list.all().flatMap(toSocket)) {
    if (idle.has(socket)) continue;
    if (socket.bytesRead === 0 && !socket._httpMessage) idle.add(socket);
    else active.push(socket);
  }
  return { idle: [...idle], active };
}

function toSocket({ socket }: Parser): HttpSocket[] {
  return socket && !socket.destroyed ? [socket] : [];
}

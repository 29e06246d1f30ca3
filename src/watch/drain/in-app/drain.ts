import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { type Server, Socket } from 'node:net';
import { constants } from 'node:os';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { beginGrace } from '../../../ends/grace.ts';
import { hearSignal } from '../../../ends/signals.ts';
import { send } from '../../process/in-app/channel.ts';
import type { LastingServer, LastingSockets } from '../../sockets/in-app/hold-sockets.ts';
import { type HttpSocket, isEndless, toHttpConnections } from './connections.ts';

/** How often to look whether a response has ended, in milliseconds. */
const LOOK_EVERY = 5;

/** How long a connection may be open and have asked nothing yet, in milliseconds. */
const UNASKED_FOR = 250;

/** So long after it has begun to listen a server hears those who have waited for it, in milliseconds. */
const HEARS_FOR = 1000;

/** What Node publishes of each connection that a server accepts: one in a turn of its loop. */
const ACCEPTED = 'net.server.socket';

/** A server whose requests are answered before the app ends. */
export interface Draining extends Pick<LastingServer, 'closeSessions' | 'pass'> {
  server: Server;
}

/**
 * Ends the app for a restart: no connection is accepted any more (the next run finds it in the queue),
 * what is in flight is answered, and idle connections are passed to the next run, which goes on with
 * them: a client that keeps its connection alive notices nothing. Then the app's own handlers of SIGTERM
 * have their turn; streams and upgraded connections (WebSocket) are open to them, and are closed after.
 *
 * @param drainWorkers has the workers of a cluster answer what is in flight there
 */
export async function drain(
  sockets: LastingSockets,
  drainWorkers: () => Promise<void>,
): Promise<void> {
  void send({ holdover: 'draining' });
  beginGrace();
  process.channel?.ref(); // without its sockets the app would be done before it is asked to end
  await sockets.keep();
  const servers = sockets.servers();
  await acceptWaiting(servers);
  for (const entry of servers) entry.stopAccepting();
  await Promise.all([untilAnswered(servers), drainWorkers()]);
  endStreamsLast(servers.map(({ server }) => server));
  await send({ holdover: 'drained' });
}

/** As `drain`, in a worker of a cluster: its primary accepts for it, and ends it. */
export async function drainWorker(servers: Draining[]): Promise<void> {
  void send({ holdover: 'draining' });
  beginGrace();
  await untilAnswered(servers);
  await send({ holdover: 'drained' });
}

async function untilAnswered(servers: Draining[]): Promise<void> {
  const patience = performance.now() + UNASKED_FOR;
  // What was accepted a moment ago is a connection by then, and what a client has asked is read: a
  // connection that was passed on unread would wait for one run after the other.
  await nextTurn();
  await nextTurn();
  const isActive = (): boolean => {
    const isPatient = performance.now() < patience;
    return servers.map((entry) => releaseIdle(entry, isPatient)).some(Boolean);
  };
  while (isActive()) {
    await delay(LOOK_EVERY);
    await nextTurn(); // what has come meanwhile is read
  }
  await Promise.all(moves);
}

/** A server that has just begun to listen first accepts those who have waited for it. */
async function acceptWaiting(servers: LastingServer[]): Promise<void> {
  const until = Math.max(...servers.map(({ since }) => since)) + HEARS_FOR;
  let isAccepting = true;
  const hear = (): void => void (isAccepting = true);
  subscribe(ACCEPTED, hear);
  while (isAccepting && performance.now() < until) {
    isAccepting = false;
    await nextTurn();
    await nextTurn(); // one of them has looked for connections
  }
  unsubscribe(ACCEPTED, hear);
}

const moved = new Set<Socket>();
const moves: Promise<void>[] = [];

/** @returns whether a request is in flight */
function releaseIdle(entry: Draining, isPatient: boolean): boolean {
  const { server } = entry;
  const hasStreams = entry.closeSessions();
  const connections = toHttpConnections(server);
  if (!connections) return releaseNew(entry, isPatient) || hasStreams;
  let isLeft = false;
  for (const socket of connections.idle) if (!move(entry, socket)) isLeft = true;
  // Those of TLS cannot be passed on: the client opens a new one.
  if (isLeft) (server as Server & { closeIdleConnections?: () => void }).closeIdleConnections?.();
  const inFlight = connections.active.filter(
    (socket) => !hasEndless(socket) && (socket._httpMessage || isPatient),
  );
  if ('setSecureContext' in server) {
    for (const { _httpMessage: response } of inFlight) {
      if (response && !response.headersSent) response.shouldKeepAlive = false;
    }
  }
  return hasStreams || inFlight.length > 0;
}

/** Those of protocols of their own, on which nothing was said yet. @returns whether to wait for one */
function releaseNew(entry: Draining, isPatient: boolean): boolean {
  const fresh = openSockets([entry.server]).filter(
    ({ bytesRead, bytesWritten }) => bytesRead === 0 && bytesWritten === 0,
  );
  const left = fresh.filter((socket) => !move(entry, socket));
  return left.length > 0 && isPatient; // of TLS: its client is about to speak
}

function move(entry: Draining, socket: HttpSocket): boolean {
  if (moved.has(socket)) return true;
  const isPassed = socket.writableLength > 0 ? undefined : entry.pass(socket);
  if (!isPassed) return false;
  moved.add(socket);
  moves.push(isPassed);
  return true;
}

function hasEndless({ _httpMessage: response }: HttpSocket): boolean {
  if (response?.headersSent !== true) return false;
  const { method, headers } = response.req;
  return isEndless({ method, mcpMethod: headers['mcp-method'], type: toContentType(response) });
}

/** `writeHead` keeps no headers but in the text that it sends. */
function toContentType(response: ServerResponse): unknown {
  const { _header: text } = response as ServerResponse & { _header?: string };
  const [, sent] = /^content-type:\s*(.*)$/im.exec(text ?? '') ?? [];
  return sent ?? response.getHeader('content-type');
}

/**
 * The app's handlers of SIGTERM come first. We are none of them: packages count them, and end the process
 * where all are theirs, as signal-exit does.
 */
function endStreamsLast(servers: Server[]): void {
  const end = (): void => endStreams(servers);
  if (process.listenerCount('SIGTERM') === 0) return end();
  const isHeard = hearSignal(constants.signals.SIGTERM, 'SIGTERM', (isAlone) => {
    process.channel?.unref();
    if (isAlone) end();
    else setImmediate(end);
  });
  if (!isHeard) end();
}

function endStreams(servers: Server[]): void {
  for (const socket of openSockets(servers)) {
    const response = (socket as HttpSocket)._httpMessage;
    const isChunked = hasEndless(socket) && response?.chunkedEncoding;
    // A whole end for the client; the app sees what it sees when a client goes.
    socket.end(isChunked ? '0\r\n\r\n' : '');
  }
}

/**
 * The open connections of servers. `_getActiveHandles` is not documented (DEP0161); it is there from
 * Node 20 to 24. Without it streams end with the process.
 */
function openSockets(servers: Server[]): Socket[] {
  const { _getActiveHandles: list } = process as { _getActiveHandles?: () => unknown[] };
  const isOurs = (owner: unknown): owner is Socket =>
    owner instanceof Socket &&
    servers.includes((owner as Socket & { server?: Server }).server as Server);
  return (list?.call(process) ?? []).filter(isOurs).filter((socket) => !moved.has(socket));
}

import cluster from 'node:cluster';
import { Socket, type AddressInfo, type Server } from 'node:net';
import type { SocketId, SupervisorMessage } from '../messages.ts';
import { AskedServer } from './asked-server.ts';
import { onSupervisorMessage, send } from './channel.ts';
import { toExpectedAddress } from './expected-address.ts';
import { giveConnection, givenConnections } from './given-connections.ts';
import { countHeldRequests } from './held-requests.ts';
import { watchSessions } from './http2-sessions.ts';
import type { LastingSockets } from './listening.ts';
import type { ListenRequest } from './place.ts';
import { replaceMethods } from './server-methods.ts';

type Message<Name> = Extract<SupervisorMessage, { holdover: Name }>;

/** The servers of the app that listen, or will when the supervisor has answered. */
const asked = new Map<Server, AskedServer>();
/** Those that the app has closed: their connections, or their addresses, are not free yet. */
const closing = new Map<Server, Set<AskedServer>>();
/** Where the supervisor listens from the last run on. */
const held = new Map<SocketId, AddressInfo>();
let isEnding = false;

/**
 * Has the supervisor listen for the app, where Node has no handles that could be shared: `listen` of
 * `net.Server` asks it, and each connection comes from there as a socket of which nothing has been read.
 * Public APIs do. For the app it is as ever. Handles, file descriptors, `reusePort` and the primary of
 * a cluster are left to Node.
 */
export function askToListen(): LastingSockets {
  onSupervisorMessage((message, handle) => {
    if (message.holdover === 'held') held.set(message.id, message.address);
    else if (message.holdover === 'listens') answered(message);
    else if (message.holdover === 'refused') refused(message);
    else if (message.holdover === 'freed') freed(message.id);
    else if (message.holdover === 'accepted') accepted(message, handle);
  });
  replaceMethods({
    get: (server) => asked.get(server),
    isClosing: (server) => closing.has(server),
    mayAsk,
    begin,
    end,
  });
  return {
    servers: () => [...asked.values()].filter(({ isTold }) => isTold),
    keep: async () => void (isEnding = true),
  };
}

/** The workers of a cluster listen through their primary, which needs sockets of its own for that. */
function mayAsk(): boolean {
  return process.connected && !isEnding && Object.keys(cluster.workers ?? {}).length === 0;
}

function begin(server: Server, request: ListenRequest, isRefed: boolean): void {
  const { callback, signal } = request;
  const failure = new Error('The supervisor has not answered yet.');
  Error.captureStackTrace(failure, server.listen);
  if (callback) server.once('listening', callback);
  if (signal) closeWith(server, signal);
  const id = toId(request);
  const address = toExpectedAddress(request, held.get(id));
  const one = new AskedServer(id, server, withPort(request, address), failure, address);
  if (!isRefed) one.unref();
  asked.set(server, one);
  const earlier = allClosing().filter((other) => other.id === id);
  if (earlier.length === 0) return one.ask();
  void Promise.all(earlier.map((other) => other.isFree)).then(
    () => asked.get(server) === one && one.ask(),
  );
}

/** Port 0 shall be the one that the app has been told. */
function withPort(request: ListenRequest, address: AddressInfo | string | null): ListenRequest {
  const { place } = request;
  const isAny = place.port === 0 && typeof address === 'object' && address !== null;
  return isAny ? { ...request, place: { ...place, anyPort: address.port } } : request;
}

function closeWith(server: Server, signal: AbortSignal): void {
  const stop = (): void => void server.close();
  if (signal.aborted) process.nextTick(stop);
  else {
    signal.addEventListener('abort', stop);
    server.once('close', () => signal.removeEventListener('abort', stop));
  }
}

/** The first name of its kind that is free. */
function toId({ place }: ListenRequest): SocketId {
  const { port = -1, host, path, ipv6Only } = place;
  const names = new Set([...asked.values()].map(({ id }) => id));
  for (let index = 0; ; index++) {
    const id = JSON.stringify([path ?? host ?? null, port, ipv6Only, index]);
    if (!names.has(id)) return id;
  }
}

function allClosing(): AskedServer[] {
  return [...closing.values()].flatMap((ones) => [...ones]);
}

function toAsked(call: number): AskedServer | undefined {
  return [...asked.values(), ...allClosing()].find((one) => one.call === call);
}

function answered({ call, hasWaited, ...answer }: Message<'listens'>): void {
  const one = toAsked(call);
  if (!one) return;
  const { server } = one;
  one.answered(answer, asked.get(server) === one);
  if (asked.get(server) !== one) return;
  if (hasWaited) countHeldRequests();
  if (one.isTold) return;
  one.isTold = true;
  watchSessions(server);
  process.nextTick(() => asked.get(server) === one && server.emit('listening'));
}

function refused({ call, error }: Message<'refused'>): void {
  const one = toAsked(call);
  if (!one) return;
  const failure = one.refused(error);
  if (asked.get(one.server) !== one) return;
  asked.delete(one.server);
  one.end();
  process.nextTick(() => one.server.emit('error', failure));
}

/** The app may add its listeners until 'listening' has been told. */
function accepted({ id, connection }: Message<'accepted'>, handle: unknown): void {
  const socket = handle instanceof Socket ? handle : undefined;
  setImmediate(() => {
    const one = [...asked.values()].find((other) => other.id === id);
    // When the app ends it is the next run's: the supervisor has it still.
    if (isEnding || !one) return socket?.destroy();
    void send({ holdover: 'taken', id, connection });
    if (!socket) return void send({ holdover: 'ended', id, connection });
    one.connections.set(socket, connection);
    giveConnection(one.server, socket, () => {
      if (one.connections.has(socket)) void send({ holdover: 'ended', id, connection });
      settle(one.server);
    });
  });
}

function end(server: Server, callback: unknown): void {
  const one = asked.get(server);
  if (typeof callback === 'function') {
    server.once('close', () => (one ? callback() : callback(toNotRunning())));
  }
  if (!one) return;
  asked.delete(server);
  const ones = closing.get(server) ?? new Set();
  closing.set(server, ones.add(one));
  if (isEnding) one.freed();
  else one.release();
  const isIdle = givenConnections(server).size === 0;
  void one.isFree.then(() => {
    one.end();
    ones.delete(one);
    settle(server, isIdle);
  });
}

function freed(id: SocketId): void {
  held.delete(id);
  for (const one of allClosing()) if (one.id === id) one.freed();
}

/**
 * A server that was closed has closed when its connections have. When it listens again by then, it has
 * not; one that had none has, whatever comes after it.
 */
function settle(server: Server, isIdle = false): void {
  const isFree = closing.get(server)?.size === 0;
  if (!isFree || (!isIdle && givenConnections(server).size > 0)) return;
  closing.delete(server);
  process.nextTick(() => (isIdle || !asked.has(server)) && server.emit('close'));
}

function toNotRunning(): Error {
  return Object.assign(new Error('Server is not running.'), { code: 'ERR_SERVER_NOT_RUNNING' });
}

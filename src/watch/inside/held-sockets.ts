import type { Server } from 'node:net';
import { toPlainHandle, type Handle, type WithHandle } from '../handle.ts';
import type { SocketId, SocketKind, SupervisorMessage } from '../messages.ts';
import { onSupervisorMessage, send } from './channel.ts';
import { countHeldRequests } from './held-requests.ts';
import { watchSessions } from './http2-sessions.ts';
import { onListen, type ListenCall } from './listen.ts';
import { bindPath, canKeepPath, closePath, reopenPath } from './unix-sockets.ts';

/** A server that listens no longer than this was a probe for a free port, in milliseconds. */
const PROBE = 50;

/** How many copies of a socket the supervisor wants: one to hold, one to answer on after a crash. */
const COPIES = 2;

/** Of libuv: several processes share the address by themselves. */
const SHARED = 2;

type SocketMessage = Extract<SupervisorMessage, { holdover: 'socket' }>;

/** A socket that the supervisor holds. */
interface HeldSocket {
  /** Copies to listen on: one, and one more for an app that closes its server and listens again. */
  handles: Handle[];
  connectionKey: string;
  /** How many copies the supervisor lacks. */
  wanted: number;
  /** Connections that wait for a server. */
  connections: Handle[];
}

/** A server of the app that listens. */
export interface Listening {
  id: SocketId;
  server: Server;
  handle: Handle;
  /** Of a unix socket. */
  path: string | undefined;
}

const held = new Map<SocketId, HeldSocket>();
const listening = new Map<SocketId, Listening>();
/** Who waits until the supervisor has given up a socket. */
const freed = new Map<SocketId, () => void>();
let isRunning = false;
let isEnding = false;

/** Every server of the app whose socket can be held. */
export function listeningServers(): Listening[] {
  return [...listening.values()];
}

/** From now on a server that is closed leaves its socket to the next run of the app. */
export function keepSockets(): void {
  isEnding = true;
}

/**
 * Lets the supervisor hold the sockets that the app listens on, and listens on those that it holds
 * already. The first run binds its addresses as ever, with the errors that this may have; a socket
 * that is closed by the app, not for a restart, is free at once.
 */
export function holdSockets(): void {
  onSupervisorMessage((message, handle) => {
    if (message.holdover === 'go') isRunning = true;
    else if (message.holdover === 'freed') freed.get(message.id)?.();
    else if (message.holdover === 'socket' && handle) take(message, handle);
    else if (message.holdover === 'connection' && handle) {
      held.get(message.id)?.connections.push(handle);
      deliver(message.id);
    }
  });
  onListen(
    (call) => freeAddress(call) ?? (canHold(call) ? toHandle(call) : null),
    (server, call) => {
      if (canHold(call)) begin(server, call);
    },
  );
}

function take({ id, connectionKey, wanted }: SocketMessage, handle: Handle): void {
  const socket = held.get(id);
  if (socket) socket.handles.push(handle);
  else if (isRunning) handle.close(); // the app has closed it meanwhile
  else held.set(id, { handles: [handle], connectionKey, wanted, connections: [] });
}

/** Shared sockets get on without us. */
function canHold(call: ListenCall): boolean {
  const path = toPath(call);
  return (call.flags & SHARED) === 0 && !isEnding && (path === undefined || canKeepPath(path));
}

function toPath({ address, addressType }: ListenCall): string | undefined {
  return addressType === -1 && address !== null ? address : undefined;
}

/**
 * Another socket may be held on the port: the app has listened there on another host before, or has
 * closed its server a moment ago.
 *
 * @returns resolved when the port is free, if it was not
 */
function freeAddress(call: ListenCall): Promise<void> | undefined {
  const ids = [...held.keys()].filter((id) => isInTheWay(id, call));
  if (ids.length === 0) return undefined;
  process.channel?.ref(); // a server that is about to listen keeps the app alive
  return Promise.all(ids.map((id) => release(id))).then(() => process.channel?.unref());
}

function isInTheWay(id: SocketId, call: ListenCall): boolean {
  const { port } = call;
  const [, heldPort] = JSON.parse(id) as [string | null, number];
  if (port <= 0 || port !== heldPort || listening.has(id)) return false;
  return id !== toId(call) || held.get(id)?.handles.length === 0;
}

/** A socket to listen on; without one Node binds the address itself. */
function toHandle(call: ListenCall): Handle | null {
  const path = toPath(call);
  const handles = held.get(toId(call))?.handles;
  if (!handles) return path === undefined ? null : bindPath(path);
  if (path !== undefined && !reopenPath(path)) return null;
  return handles.shift() ?? null;
}

/** The first name of its kind that is free. */
function toId({ address, port, addressType, flags }: ListenCall): SocketId {
  for (let index = 0; ; index++) {
    const id = JSON.stringify([address, port, addressType, flags, index]);
    if (!listening.has(id)) return id;
  }
}

function begin(server: WithHandle<Server>, call: ListenCall): void {
  const handle = toPlainHandle(server);
  if (!handle) return;
  const id = toId(call);
  const path = toPath(call);
  const entry = { id, server, handle, path };
  listening.set(id, entry);
  const { close } = handle;
  watchSessions(server);
  handle.close = function (callback) {
    if (listening.get(id) === entry) end(entry);
    close.call(this, callback);
  };
  const socket = held.get(id);
  if (socket) claim(entry, socket);
  else setTimeout(() => listening.get(id) === entry && offer(entry, COPIES), PROBE).unref();
}

/** Listens on a socket that is held. */
function claim(entry: Listening, socket: HeldSocket): void {
  (entry.server as Server & { _connectionKey?: string })._connectionKey = socket.connectionKey;
  void send({ holdover: 'claimed', id: entry.id });
  countHeldRequests();
  setImmediate(deliver, entry.id); // the app may add its listeners until then
  offer(entry, socket.wanted);
  socket.wanted = 0;
}

function offer({ id, server, handle, path }: Listening, copies: number): void {
  const { _connectionKey: connectionKey = '' } = server as Server & { _connectionKey?: string };
  if (!held.has(id)) held.set(id, { handles: [], connectionKey, wanted: 0, connections: [] });
  for (let i = 0; i < copies; i++) {
    void send({ holdover: 'socket', id, kind: toKind(server), connectionKey, path }, handle);
  }
}

/** Gives a server the connections that have waited for it, as if it had accepted them itself. */
function deliver(id: SocketId): void {
  const handle = listening.get(id)?.handle;
  const connections = held.get(id)?.connections;
  if (!handle?.onconnection || !connections) return;
  for (const connection of connections.splice(0)) handle.onconnection(0, connection);
}

/** The app has closed the server; unless it listens there again at once, the address is free. */
function end({ id, path }: Listening): void {
  listening.delete(id);
  if (isEnding) return;
  if (path !== undefined) closePath(path);
  setTimeout(() => {
    if (!listening.has(id) && !isEnding) void release(id);
  }, PROBE).unref();
}

/** Gives up a socket that is held. @returns resolved when the supervisor has, too */
function release(id: SocketId): Promise<void> {
  const socket = held.get(id);
  if (!socket) return Promise.resolve();
  held.delete(id);
  for (const handle of [...socket.handles, ...socket.connections]) handle.close();
  return new Promise((resolve) => {
    if (!process.connected) return resolve();
    freed.set(id, resolve);
    void send({ holdover: 'released', id });
  });
}

/** Told from what they can do: `node:http` is loaded by the app, or not at all. */
function toKind(server: Server): SocketKind {
  const isHttp = 'closeIdleConnections' in server;
  const isSecure = 'setSecureContext' in server;
  return isHttp && !isSecure ? 'http' : 'other';
}

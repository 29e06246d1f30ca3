import type { Server } from 'node:net';
import { resolve } from 'node:path';
import { watchSessions } from '../../drain/in-app/connections.ts';
import { type Handle, toPlainHandle, type WithHandle } from '../../handle.ts';
import { send } from '../../process/in-app/channel.ts';
import type { SocketId, SupervisorHandlers } from '../../protocol.ts';
import { resolveHold } from '../../supervision.ts';
import { bindPath, canKeepPath, removePath, restorePath } from '../unix-path.ts';
import { listenUnlessProbe, mayBeProbe, PROBE } from './free-port-check.ts';
import {
  addGivenSocket,
  closeUnused,
  freeAddress,
  freed,
  given,
  givenOnPort,
  isBeingFreed,
  putBack,
  release,
  takeHandle,
  takeSocket,
  toId,
} from './given-sockets.ts';
import { LastingServer, toAddress, toInertHandle } from './lasting-server.ts';
import { listenAgain, type ListenCall, onListen } from './listen-hook.ts';
import { countHeldRequests, hearServers, tellListening } from './listening.ts';

/** The sockets of the app that outlive it. */
export interface LastingSockets {
  /** Every server of the app that listens on one. */
  servers: () => LastingServer[];
  /** From now on a server that is closed leaves its socket to the next run of the app. */
  keep: () => Promise<void>;
}

export { hearServers, tellListening, watchSessions, type LastingServer };

const listening = new Map<SocketId, LastingServer>();
let isEnding = false;

/** What Node names an address by. */
type WithKey = Server & { _connectionKey?: string };

/**
 * Tells the supervisor that the app listens, lets it hold the sockets, and listens on those that it holds
 * already. The first run binds its addresses as ever, with the errors that this may have; a socket
 * that is closed by the app, not for a restart, is free in a moment.
 *
 * @param onListening comes when the app listens
 * @returns undefined when the supervisor holds none, or this version of Node has no handles to be had
 */
export function holdSockets(onListening: () => void): LastingSockets | undefined {
  tellListening(onListening);
  if (!resolveHold()) return undefined;
  const canHandle = onListen(
    (server, call) => {
      if (isEnding) return null;
      const inTheWay = givenOnPort(call).filter((id) => !listening.has(id));
      if (inTheWay.length > 0 && mayBeProbe(server)) return toStandIn(server, call, inTheWay);
      // The app had another host before, or has closed its server a moment ago.
      const others = inTheWay.filter((id) => id !== idOf(call) || !given.get(id)?.handle);
      if (others.length > 0 || isBeingFreed(call)) return freeAddress(others, call);
      return canHold(call) ? toHandle(call) : null;
    },
    (server, call) => begin(server, call),
  );
  if (canHandle) return { servers: () => [...listening.values()], keep: keepSockets };
  void send({ holdover: 'cannot-hold' });
  return undefined;
}

/** What to do when the supervisor speaks of sockets. */
export const socketHandlers: Pick<SupervisorHandlers, 'socket' | 'connection' | 'freed'> = {
  socket(message, handle) {
    if (handle) takeSocket(message, handle);
  },
  /** A connection is kept for the server of its socket, or given to it. */
  connection({ id }, connection) {
    const socket = given.get(id);
    if (!socket || !connection) return connection?.close();
    socket.connections.push(connection);
    deliver(id);
  },
  freed: ({ id }) => freed(id),
};

async function keepSockets(): Promise<void> {
  isEnding = true;
  for (const id of listening.keys()) deliver(id); // they are passed on with those that the server has
  closeUnused(); // nobody listens there any more; what comes is for the next run
  await Promise.all([...listening.values()].map(offer));
}

function idOf(call: ListenCall): SocketId {
  return toId(call, (id) => !listening.has(id));
}

function canHold(call: ListenCall): boolean {
  const path = toPath(call);
  return !isEnding && (path === undefined || canKeepPath(path));
}

/** Of a unix socket, absolute: the app may change its directory. */
function toPath({ address, addressType }: ListenCall): string | undefined {
  if (addressType !== -1 || address === null) return undefined;
  return address.startsWith('\0') ? address : resolve(address);
}

/** The port is ours, and free for the app: a server that only asks for that is told so. */
function toStandIn(server: WithHandle<Server>, call: ListenCall, [id]: SocketId[]): Handle | null {
  const held = given.get(id ?? '')?.handle;
  if (!held) return null;
  const standIn = toInertHandle(toAddress(held));
  const open = (): Handle | null => {
    const handle = canHold(call) ? toHandle(call) : null;
    if (handle) setImmediate(() => begin(server, call));
    return handle;
  };
  listenUnlessProbe(server, standIn, open, () => isEnding || listenAgain(server, call));
  return standIn;
}

/** A socket to listen on; without one Node binds the address itself. */
function toHandle(call: ListenCall): Handle | null {
  const path = toPath(call);
  const socket = given.get(idOf(call));
  if (!socket) return path === undefined ? null : bindPath(path);
  if (path !== undefined && !restorePath(path)) return null;
  return takeHandle(socket);
}

function begin(server: WithHandle<Server>, call: ListenCall): void {
  const handle = toPlainHandle(server);
  if (!handle || !canHold(call)) return;
  const id = idOf(call);
  const entry = new LastingServer(id, server, handle, toPath(call));
  listening.set(id, entry);
  handle.close = (callback) => {
    Reflect.deleteProperty(handle, 'close'); // Node's own again
    if (!end(entry)) handle.close(callback);
    else if (callback) setImmediate(callback);
  };
  void send({ holdover: 'opened', id, kind: entry.kind });
  const socket = given.get(id);
  if (socket) {
    (server as WithKey)._connectionKey = socket.connectionKey;
    countHeldRequests();
    setImmediate(deliver, id); // the app may add its listeners until then
  }
  // Not at once: while a handle is on its way, an error that ends the app could not be told.
  setTimeout(offer, socket ? 0 : PROBE, entry).unref();
}

/** Gives the supervisor a copy of a socket that it does not hold, or that it accepts connections on. */
async function offer(entry: LastingServer): Promise<void> {
  const { id, kind, server, handle, path } = entry;
  if (listening.get(id) !== entry || given.get(id)?.isWanted === false) return;
  const { _connectionKey: connectionKey = '' } = server as WithKey;
  addGivenSocket(id, connectionKey);
  await send({ holdover: 'socket', id, kind, connectionKey, path }, handle);
}

/** Gives a server the connections that have waited for it, as if it had accepted them itself. */
function deliver(id: SocketId): void {
  const handle = listening.get(id)?.handle;
  const connections = given.get(id)?.connections;
  if (!handle?.onconnection || !connections) return;
  for (const connection of connections.splice(0)) handle.onconnection(0, connection);
}

/**
 * The app has closed a server; unless it listens there again at once, the address is free.
 *
 * @returns whether the handle is kept for that
 */
function end({ id, handle, path }: LastingServer): boolean {
  listening.delete(id);
  const socket = isEnding ? undefined : given.get(id);
  if (!socket) {
    if (path !== undefined && !isEnding) removePath(path);
    return false;
  }
  putBack(socket, handle);
  setTimeout(() => {
    if (!listening.has(id) && !isEnding) release(id);
  }, PROBE).unref();
  return true;
}

import type { Server } from 'node:net';
import { toPlainHandle, type Handle, type WithHandle } from '../handle.ts';
import type { SocketId } from '../../protocol.ts';
import { send } from '../../in-app/channel.ts';
import { toAddress, toInertHandle } from './inert-handle.ts';
import { countHeldRequests } from './held-requests.ts';
import { watchSessions } from '../../drain/in-app/http2-sessions.ts';
import { onListen, type ListenCall } from './listen-hook.ts';
import { toKind, toListening, type LastingSockets, type Listening } from './lasting-server.ts';
import { listenUnlessProbe, mayBeProbe, PROBE } from './free-port-check.ts';
import {
  addHeldSocket,
  freeAddress,
  heldOnPort,
  heldSocket,
  isBeingFreed,
  keepGivenSockets,
  release,
} from './given-sockets.ts';
import { bindPath, canKeepPath, closePath, reopenPath } from './unix-sockets.ts';

/** How many copies of a socket the supervisor wants: one to hold, one to answer on after a crash. */
const COPIES = 2;

/** Of libuv: several processes share the address by themselves. */
const SHARED = 2;

/** A server of the app that listens on a handle. */
interface Handled extends Listening {
  handle: Handle;
  /** Of a unix socket. */
  path: string | undefined;
  isOffered: boolean;
}

const listening = new Map<SocketId, Handled>();
let isEnding = false;

async function keepSockets(): Promise<void> {
  isEnding = true;
  const young = [...listening.values()].filter(
    (entry) => !entry.isOffered && !heldSocket(entry.id),
  );
  await Promise.all(young.map((entry) => offer(entry, COPIES)));
}

/**
 * Lets the supervisor hold the sockets that the app listens on, and listens on those that it holds
 * already. The first run binds its addresses as ever, with the errors that this may have; a socket
 * that is closed by the app, not for a restart, is free at once.
 *
 * @returns undefined when this version of Node has no handles that could be had
 */
export function holdSockets(): LastingSockets | undefined {
  const canHandle = onListen(
    (server, call) => {
      if (isEnding) return null;
      const inTheWay = heldOnPort(call).filter((id) => !listening.has(id));
      if (inTheWay.length > 0 && mayBeProbe(server)) return toStandIn(server, call, inTheWay);
      // The app had another host before, or has closed its server a moment ago.
      const others = inTheWay.filter((id) => id !== toId(call) || !hasHandle(id));
      if (others.length > 0 || isBeingFreed(call)) return freeAddress(others, call);
      return canHold(call) ? toHandle(call) : null;
    },
    (server, call) => begin(server, call),
  );
  if (!canHandle) return undefined;
  keepGivenSockets(deliver);
  return { servers: () => [...listening.values()], keep: keepSockets };
}

/** Shared sockets get on without us. */
function canHold(call: ListenCall): boolean {
  const path = toPath(call);
  return (call.flags & SHARED) === 0 && !isEnding && (path === undefined || canKeepPath(path));
}

function toPath({ address, addressType }: ListenCall): string | undefined {
  return addressType === -1 && address !== null ? address : undefined;
}

/** The port is ours, and free for the app: a server that only asks for that is told so. */
function toStandIn(server: Server, call: ListenCall, [id]: SocketId[]): Handle | null {
  const held = heldSocket(id ?? '')?.handles[0];
  if (!held) return null;
  const standIn = toInertHandle(toAddress(held));
  listenUnlessProbe(server as WithHandle<Server>, standIn, () => {
    const handle = canHold(call) ? toHandle(call) : null;
    if (handle) setImmediate(() => begin(server as WithHandle<Server>, call));
    return handle;
  });
  return standIn;
}

/** A socket to listen on; without one Node binds the address itself. */
function toHandle(call: ListenCall): Handle | null {
  const path = toPath(call);
  const handles = heldSocket(toId(call))?.handles;
  if (!handles) return path === undefined ? null : bindPath(path);
  if (path !== undefined && !reopenPath(path)) return null;
  return handles.shift() ?? null;
}

function hasHandle(id: SocketId): boolean {
  return (heldSocket(id)?.handles.length ?? 0) > 0;
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
  if (!handle || !canHold(call)) return;
  const id = toId(call);
  const entry = {
    ...toListening(id, server, handle),
    handle,
    path: toPath(call),
    isOffered: false,
  };
  listening.set(id, entry);
  watchSessions(server);
  const { close } = handle;
  handle.close = function (callback) {
    if (listening.get(id) === entry) end(entry);
    close.call(this, callback);
  };
  if (heldSocket(id)) claim(entry);
  else {
    void send({ holdover: 'opened' });
    setTimeout(() => listening.get(id) === entry && offer(entry, COPIES), PROBE).unref();
  }
}

/** Listens on a socket that is held. */
function claim(entry: Handled): void {
  const socket = heldSocket(entry.id);
  if (!socket) return;
  (entry.server as Server & { _connectionKey?: string })._connectionKey = socket.connectionKey;
  void send({ holdover: 'claimed', id: entry.id, kind: toKind(entry.server) });
  countHeldRequests();
  setImmediate(deliver, entry.id); // the app may add its listeners until then
  void offer(entry, socket.wanted);
  socket.wanted = 0;
}

async function offer(entry: Handled, copies: number): Promise<void> {
  const { id, server, handle, path } = entry;
  if (entry.isOffered) return;
  entry.isOffered = true;
  const { _connectionKey: connectionKey = '' } = server as Server & { _connectionKey?: string };
  addHeldSocket(id, connectionKey);
  const kind = toKind(server);
  const message = { holdover: 'socket' as const, id, kind, connectionKey, path };
  await Promise.all(Array.from({ length: copies }, () => send(message, handle)));
}

/** Gives a server the connections that have waited for it, as if it had accepted them itself. */
function deliver(id: SocketId): void {
  const handle = listening.get(id)?.handle;
  const connections = heldSocket(id)?.connections;
  if (!handle?.onconnection || !connections) return;
  for (const connection of connections.splice(0)) handle.onconnection(0, connection);
}

/** The app has closed the server; unless it listens there again at once, the address is free. */
function end({ id, path }: Handled): void {
  listening.delete(id);
  if (isEnding) return;
  if (path !== undefined) closePath(path);
  setTimeout(() => {
    if (!listening.has(id) && !isEnding) release(id);
  }, PROBE).unref();
}

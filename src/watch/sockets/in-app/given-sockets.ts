import { setTimeout as delay } from 'node:timers/promises';
import { acceptOn, type Handle } from '../../handle.ts';
import { send } from '../../process/in-app/channel.ts';
import type { SocketId, SupervisorMessages } from '../../protocol.ts';
import type { ListenCall } from './listen-hook.ts';

/** A socket that the supervisor holds. */
interface GivenSocket {
  /** To listen on: until the app does, and again when it has closed its server. */
  handle: Handle | undefined;
  connectionKey: string;
  /** The supervisor accepts connections on its copy, and wants another in place of it. */
  isWanted: boolean;
  /** Connections that wait for a server. */
  connections: Handle[];
}

/** By its name. */
export const given = new Map<SocketId, GivenSocket>();
/** Sockets that the supervisor is giving up. */
const releasing = new Set<SocketId>();
/** Of libuv: other sockets may have the same port. */
const REUSE_PORT = 2;

/** How often to look whether it has, in milliseconds. */
const LOOK_EVERY = 2;

/** Keeps a socket that the supervisor gives. */
export function takeSocket(
  { id, connectionKey, isWanted }: SupervisorMessages['socket'],
  handle: Handle,
): void {
  given.set(id, { handle, connectionKey, isWanted, connections: [] });
}

/** The supervisor has given a socket up, because it was asked to or because nobody listens on it. */
export function freed(id: SocketId): void {
  forget(id);
  releasing.delete(id);
}

/** The supervisor is about to hold a socket of this process. */
export function addGivenSocket(id: SocketId, connectionKey: string): void {
  const { connections = [] } = given.get(id) ?? {};
  given.set(id, { handle: undefined, connectionKey, isWanted: false, connections });
}

/** A handle to listen on. */
export function takeHandle(socket: GivenSocket): Handle | null {
  const { handle } = socket;
  socket.handle = undefined;
  handle?.ref();
  return handle ?? null;
}

/** Keeps the handle of a server that the app has closed, and the connections that come. */
export function putBack(socket: GivenSocket, handle: Handle): void {
  acceptOn(handle, (connection) => socket.connections.push(connection));
  handle.unref();
  socket.handle = handle;
}

/** Closes the handles that no server has. */
export function closeUnused(): void {
  for (const { handle } of given.values()) handle?.close();
}

/** Those of the held sockets that are on the port of a call, and keep others away from it. */
export function givenOnPort(call: ListenCall): SocketId[] {
  if (call.port <= 0) return [];
  return [...given.keys()].filter((id) => {
    const other = fromId(id);
    return other.port === call.port && !(isShared(call) && isShared(other));
  });
}

/**
 * Gives up sockets that are held.
 *
 * @returns resolved when the supervisor has given them up, too, and what was given up before where the
 * call wants to listen; or when it is not there any more
 */
export async function freeAddress(ids: SocketId[], call: ListenCall): Promise<void> {
  for (const id of ids) release(id);
  // It keeps the app alive, as a server does that listens. 'disconnect' may not come: a supervisor that
  // was killed does not acknowledge a handle that was sent.
  while (isBeingFreed(call)) await delay(LOOK_EVERY);
}

/** Whether a socket where a call wants to listen is being given up. */
export function isBeingFreed(call: ListenCall): boolean {
  const place = toPlace(call);
  return (
    process.connected && place !== 0 && [...releasing].some((id) => toPlace(fromId(id)) === place)
  );
}

/** Gives up a socket that is held. */
export function release(id: SocketId): void {
  if (!given.has(id)) return;
  forget(id);
  releasing.add(id);
  void send({ holdover: 'released', id });
}

function forget(id: SocketId): void {
  const { handle, connections = [] } = given.get(id) ?? {};
  given.delete(id);
  for (const copy of [handle, ...connections]) copy?.close();
}

/**
 * The name of a socket: the first of its kind that is free. Servers on port 0 go by their order: that is
 * all there is to tell them by, as where `listen` is called from changes with each save.
 */
export function toId(
  { address, port, addressType, flags }: ListenCall,
  isFree: (id: SocketId) => boolean,
): SocketId {
  for (let index = 0; ; index++) {
    const id = JSON.stringify([address, port, addressType, flags, index]);
    if (isFree(id)) return id;
  }
}

function fromId(id: SocketId): ListenCall {
  const [address, port, addressType, flags] = JSON.parse(id) as [
    string | null,
    number,
    number,
    number,
  ];
  return { address, port, addressType, flags };
}

/** Whether a socket is one of several on its port: Node's option `reusePort`. */
function isShared({ flags }: ListenCall): boolean {
  return (flags & REUSE_PORT) !== 0;
}

/** What two sockets cannot have both: a port, or the path of a unix socket; 0 for any port. */
function toPlace({ address, port }: Pick<ListenCall, 'address' | 'port'>): string | number | null {
  return port >= 0 ? port : address;
}

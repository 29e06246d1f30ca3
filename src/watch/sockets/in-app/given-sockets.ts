import { setTimeout as delay } from 'node:timers/promises';
import type { Handle } from '../handle.ts';
import type { SocketId, SupervisorMessage } from '../../protocol.ts';
import { onSupervisorMessage, send } from '../../in-app/channel.ts';
import type { ListenCall } from './listen-hook.ts';

/** A socket that the supervisor holds. */
export interface HeldSocket {
  /** Copies to listen on: one, and one more for an app that closes its server and listens again. */
  handles: Handle[];
  connectionKey: string;
  /** How many copies the supervisor lacks. */
  wanted: number;
  /** Connections that wait for a server. */
  connections: Handle[];
}

const held = new Map<SocketId, HeldSocket>();
/** Sockets that the supervisor is giving up. */
const releasing = new Set<SocketId>();
/** How often to look whether it has, in milliseconds. */
const LOOK_EVERY = 2;
let isRunning = false;

/** Keeps the sockets that the supervisor gives. */
export function keepGivenSockets(onConnection: (id: SocketId) => void): void {
  onSupervisorMessage((message, handle) => {
    if (message.holdover === 'go') isRunning = true;
    else if (message.holdover === 'freed') freed(message.id);
    else if (message.holdover === 'socket' && handle) take(message, handle);
    else if (message.holdover === 'connection' && handle) {
      held.get(message.id)?.connections.push(handle);
      onConnection(message.id);
    }
  });
}

export function heldSocket(id: SocketId): HeldSocket | undefined {
  return held.get(id);
}

/** The supervisor is about to hold a socket. */
export function addHeldSocket(id: SocketId, connectionKey: string): void {
  if (!held.has(id)) held.set(id, { handles: [], connectionKey, wanted: 0, connections: [] });
}

/** Those of the held sockets that are on the port of a call. */
export function heldOnPort({ port }: ListenCall): SocketId[] {
  return port > 0 ? [...held.keys()].filter((id) => toPort(id) === port) : [];
}

/**
 * Gives up sockets that are held.
 *
 * @returns resolved when the supervisor has given them up, too, and others on the port of the call
 * that were given up before; or when it is not there any more
 */
export async function freeAddress(ids: SocketId[], call: ListenCall): Promise<void> {
  for (const id of ids) release(id);
  // It keeps the app alive, as a server does that listens. 'disconnect' may not come: a supervisor that
  // was killed does not acknowledge a handle that was sent.
  while (isBeingFreed(call)) await delay(LOOK_EVERY);
}

/** Whether a socket on the port of a call is being given up. */
export function isBeingFreed({ port }: ListenCall): boolean {
  return process.connected && port > 0 && [...releasing].some((id) => toPort(id) === port);
}

/** Gives up a socket that is held. */
export function release(id: SocketId): void {
  if (!held.has(id)) return;
  closeCopies(id);
  if (!process.connected) return;
  releasing.add(id);
  void send({ holdover: 'released', id });
}

function take(message: Extract<SupervisorMessage, { holdover: 'socket' }>, handle: Handle): void {
  const { id, connectionKey, wanted } = message;
  const socket = held.get(id);
  if (socket) socket.handles.push(handle);
  else if (isRunning) handle.close(); // the app has closed it meanwhile
  else held.set(id, { handles: [handle], connectionKey, wanted, connections: [] });
}

/** The supervisor has given a socket up, because it was asked to or because nobody listens on it. */
function freed(id: SocketId): void {
  closeCopies(id);
  releasing.delete(id);
}

function closeCopies(id: SocketId): void {
  const { handles = [], connections = [] } = held.get(id) ?? {};
  held.delete(id);
  for (const handle of [...handles, ...connections]) handle.close();
}

/** Of a name as `toId` makes it. */
function toPort(id: SocketId): number {
  const [, port] = JSON.parse(id) as [string | null, number];
  return port;
}

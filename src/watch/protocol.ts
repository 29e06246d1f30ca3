import type { OpenedStore } from '../adopt/opened.ts';
import type { ReportedError } from './crash/in-app/uncaught-error.ts';
import type { Forgotten, Learned, Preparation } from './learned.ts';

/**
 * Names a socket that the app listens on. The same arguments of `listen` give the same name in every
 * run; several sockets on port 0 are counted.
 */
export type SocketId = string;

/** What speaks on a socket: `other` is TLS, HTTP/2, or anything that is not HTTP. */
export type SocketKind = 'http' | 'other';

/** What a child tells its supervisor, over Node's IPC channel. */
export type ChildMessage =
  /** It hears what its supervisor says; what was said before would be lost. */
  | { holdover: 'ready' }
  | { holdover: 'store'; store: OpenedStore }
  /** It runs the entry, since then, in milliseconds since the epoch. */
  | { holdover: 'running'; at: number }
  /** It listens on a socket: one that it was given, or one that it will offer in a moment. */
  | { holdover: 'opened'; id: SocketId; kind: SocketKind }
  /** It listens on a socket; the supervisor holds the copy of the handle that comes with the message. */
  | {
      holdover: 'socket';
      id: SocketId;
      kind: SocketKind;
      connectionKey: string;
      /** Of a unix socket, absolute. */
      path: string | undefined;
    }
  /** The app has closed a socket that is held: its address is free again. */
  | { holdover: 'released'; id: SocketId }
  /** Node has no sockets that could be held. */
  | { holdover: 'cannot-hold' }
  /** An idle connection of the app that ends, with its handle, for the next one. */
  | { holdover: 'connection'; id: SocketId }
  /** It has heard that it is to drain. */
  | { holdover: 'draining' }
  /** Nothing is in flight any more. */
  | { holdover: 'drained' }
  /** The app listens; since when, in milliseconds since the epoch, and what had waited for it. */
  | { holdover: 'listening'; at: number; heldRequests: number }
  | { holdover: 'address-in-use'; address: string }
  /** A process that waits has done in advance what it was told to. */
  | { holdover: 'prepared' }
  /** The start is over, and the app has time: what its modules are, and where they were found. */
  | { holdover: 'learned'; learned: Learned }
  /** The app ends by it. */
  | { holdover: 'uncaught'; error: ReportedError };

/** What a supervisor tells a child that waits or runs. */
export type SupervisorMessage =
  /** A socket to listen on, with its handle, and whether the supervisor wants a copy back. */
  | { holdover: 'socket'; id: SocketId; connectionKey: string; isWanted: boolean }
  /** A connection that waits for the server of a socket, with its handle. */
  | { holdover: 'connection'; id: SocketId }
  /** A socket is held no longer: its address is free. */
  | { holdover: 'freed'; id: SocketId }
  /** Read, resolve and compile in advance; nothing of the app or its packages is evaluated. */
  | { holdover: 'prepare'; preparation: Preparation }
  /** Run the entry. */
  | { holdover: 'go'; forgotten: Forgotten }
  /** Accept no more, answer what is in flight, and say when that is done. */
  | { holdover: 'drain' };

/**
 * Node gives messages with such a `cmd` to no listener of 'message', but to those of
 * 'internalMessage': the app never sees them. Not documented; what node:cluster is built on, the same
 * from Node 20 to 24, pinned by `test/watch/messages.test.ts`.
 */
export const INTERNAL = { cmd: 'NODE_HOLDOVER' };

/** What Node itself reports of each module that it loads. */
export interface DependencyMessage {
  'watch:import'?: string[];
  'watch:require'?: string[];
}

/** Whether a message is one of ours: an app may send messages of its own over the same channel. */
export function isChildMessage(message: unknown): message is ChildMessage {
  return typeof message === 'object' && message !== null && 'holdover' in message;
}

/** Whether an internal message of Node is one of our supervisor. */
export function isSupervisorMessage(message: unknown): message is SupervisorMessage {
  return (message as { cmd?: unknown } | undefined)?.cmd === INTERNAL.cmd;
}

import type { Server, Socket } from 'node:net';
import { toPlainHandle, type Handle, type WithHandle } from '../../handle.ts';
import type { SocketId, SocketKind } from '../../protocol.ts';
import { send } from '../../in-app/channel.ts';
import { toAddress, toInertHandle } from './inert-handle.ts';

/** A server of the app that listens on a socket which outlives the app. */
export interface LastingServer {
  id: SocketId;
  server: WithHandle<Server>;
  handle: Handle;
  /** Of a unix socket, absolute. */
  path: string | undefined;
  /** Since when it listens, in milliseconds of `performance.now()`. */
  since: number;
}

/** The sockets of the app that outlive it. */
export interface LastingSockets {
  /** Every server of the app that listens on one. */
  servers: () => LastingServer[];
  /** From now on a server that is closed leaves its socket to the next run of the app. */
  keep: () => Promise<void>;
}

/** The server goes on as if it listened, so that the app closes it as it always does. */
export function stopAccepting({ server, handle }: LastingServer): void {
  if (server._handle === handle) server._handle = toInertHandle(toAddress(handle));
  handle.close();
}

/**
 * Passes a connection on as it is, all that it was sent being with the kernel: what the client sends is
 * read by the next run.
 *
 * @returns undefined when it cannot be, and otherwise resolved when it is
 */
export function pass({ id }: LastingServer, socket: Socket): Promise<void> | undefined {
  const handle = toPlainHandle(socket);
  if (!handle || handle.writeQueueSize > 0) return undefined;
  handle.readStop();
  return send({ holdover: 'connection', id }, handle).then(() => void socket.destroy());
}

/** Told from what they can do: `node:http` is loaded by the app, or not at all. */
export function toKind(server: Server): SocketKind {
  const isHttp = 'closeIdleConnections' in server;
  const isSecure = 'setSecureContext' in server;
  return isHttp && !isSecure ? 'http' : 'other';
}

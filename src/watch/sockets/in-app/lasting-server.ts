import type { Server, Socket } from 'node:net';
import { watchSessions } from '../../drain/in-app/connections.ts';
import { type Handle, toPlainHandle, type WithHandle } from '../../handle.ts';
import { send } from '../../process/in-app/channel.ts';
import type { SocketId, SocketKind } from '../../protocol.ts';

/** A server of the app that listens on a socket which outlives the app. */
export class LastingServer {
  readonly id: SocketId;
  readonly server: WithHandle<Server>;
  readonly handle: Handle;
  /** Of a unix socket, absolute. */
  readonly path: string | undefined;
  /** Since when it listens, in milliseconds of `performance.now()`. */
  readonly since = performance.now();
  /** Closes its HTTP/2 sessions, as `watchSessions` says. */
  readonly closeSessions: ReturnType<typeof watchSessions>;

  constructor(id: SocketId, server: WithHandle<Server>, handle: Handle, path: string | undefined) {
    this.id = id;
    this.server = server;
    this.handle = handle;
    this.path = path;
    this.closeSessions = watchSessions(server);
  }

  /** Told from what it can do: `node:http` is loaded by the app, or not at all. */
  get kind(): SocketKind {
    const isHttp = 'closeIdleConnections' in this.server;
    const isSecure = 'setSecureContext' in this.server;
    return isHttp && !isSecure ? 'http' : 'other';
  }

  /** The server goes on as if it listened, so that the app closes it as it always does. */
  stopAccepting(): void {
    const { server, handle } = this;
    if (server._handle === handle) server._handle = toInertHandle(toAddress(handle));
    handle.close();
  }

  /**
   * Passes a connection on as it is, all that it was sent being with the kernel: what the client sends is
   * read by the next run.
   *
   * @returns undefined when it cannot be, and otherwise resolved when it is
   */
  pass(socket: Socket): Promise<void> | undefined {
    const handle = toPlainHandle(socket);
    if (!handle || handle.writeQueueSize > 0) return undefined;
    handle.readStop();
    return send({ holdover: 'connection', id: this.id }, handle).then(() => void socket.destroy());
  }
}

/**
 * Stands for a handle in a server that shall seem to listen: `address()`, `ref()` and `close()` work as
 * ever, and nothing is accepted.
 *
 * @param address what `server.address()` gives, but for the path of a pipe
 */
export function toInertHandle(address: object | undefined): Handle {
  const inert = {
    fd: -1,
    writeQueueSize: 0,
    readStop: () => {},
    ref: () => {},
    unref: () => {},
    hasRef: () => false,
    listen: () => 0,
    ...(address && { getsockname: (out: object) => (Object.assign(out, address), 0) }),
    close: (callback?: () => void) => void (callback && setImmediate(callback)),
  };
  return inert;
}

/** The address that a handle has; a pipe has none. */
export function toAddress(handle: Handle): object | undefined {
  const address = {};
  const { getsockname } = handle as Handle & { getsockname?: (out: object) => number };
  return getsockname && (getsockname.call(handle, address), address);
}

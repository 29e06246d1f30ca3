import { Socket, type Server } from 'node:net';

/**
 * What is behind a socket in Node: a TCP or pipe handle. `child.send` passes it to another process as
 * it is, and each process has a copy of its own; the socket lives as long as one of them.
 *
 * Its members are not documented. They are the same from Node 20 to 24, pinned by
 * `test/watch/held-sockets.process.test.ts`; where they are missing nothing is held, and that is said.
 */
export interface Handle {
  fd: number;
  /** Bytes that are not with the kernel yet. */
  writeQueueSize: number;
  onconnection?: (status: number, connection: Handle) => void;
  listen: (backlog: number) => number;
  readStop: () => void;
  ref: () => void;
  unref: () => void;
  close: (callback?: () => void) => void;
}

/** A server or socket, with its handle. */
export type WithHandle<T extends Server | Socket> = T & { _handle: Handle | null };

/** The handle of a plain TCP or pipe socket: TLS has a state that no other process can take on. */
export function toPlainHandle(owner: Server | Socket): Handle | undefined {
  const { _handle: handle } = owner as WithHandle<Server>;
  const name = handle?.constructor.name;
  return handle && (name === 'TCP' || name === 'Pipe') ? handle : undefined;
}

/** A connection of which nothing has been read yet, nor will be until it is resumed. */
export function toUnreadSocket(handle: Handle): Socket {
  const isOpen = { allowHalfOpen: true, readable: true, writable: true };
  const options = { handle, pauseOnCreate: true, ...isOpen };
  return new Socket(options as ConstructorParameters<typeof Socket>[0]);
}

/**
 * Accepts connections on a copy of a socket, unread, until the copy is closed. `server.listen(handle)`
 * takes those of TCP only, and no pipes.
 */
export function acceptOn(handle: Handle, accept: (connection: Handle) => unknown): void {
  handle.onconnection = (status, connection) => {
    if (status === 0) accept(connection);
  };
  handle.listen(511); // if it fails the address is gone: there is nobody to answer
}

import type { Server, Socket } from 'node:net';

/**
 * What is behind a socket in Node: a TCP or pipe handle. `child.send` passes it to another process as
 * it is, and each process has a copy of its own; the socket lives as long as one of them.
 *
 * Its members are not documented. They are the same from Node 20 to 24, pinned by
 * `test/watch/held-sockets.test.ts`; where they are missing nothing is held (see `canHold`).
 */
export interface Handle {
  fd: number;
  /** Bytes that are not with the kernel yet. */
  writeQueueSize: number;
  onconnection?: (status: number, connection: Handle) => void;
  readStop: () => void;
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

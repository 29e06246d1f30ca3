import type { Handle } from '../../handle.ts';

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

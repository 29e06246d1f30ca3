import type { Handle } from '../handle.ts';

/**
 * Stands for a handle in a server that shall seem to listen: `address()`, `ref()` and `close()` work as
 * ever, and nothing is accepted.
 *
 * @param address what `server.address()` gives
 */
export function toInertHandle(address: object): Handle {
  const inert = {
    fd: -1,
    writeQueueSize: 0,
    readStop: () => {},
    ref: () => {},
    unref: () => {},
    hasRef: () => false,
    listen: () => 0,
    getsockname: (out: object) => (Object.assign(out, address), 0),
    close: (callback?: () => void) => void (callback && setImmediate(callback)),
  };
  return inert;
}

/** The address that a handle has; none when it is a pipe. */
export function toAddress(handle: Handle): object {
  const address = {};
  const { getsockname } = handle as Handle & { getsockname?: (out: object) => number };
  getsockname?.call(handle, address);
  return address;
}

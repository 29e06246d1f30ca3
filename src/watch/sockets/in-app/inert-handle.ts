import type { Handle } from '../handle.ts';

/**
 * Stands for a handle in a server that shall go on as if it listened: `address()`, `ref()` and
 * `close()` work as before, and nothing is accepted.
 */
export function toClosedHandle(handle: Handle): Handle {
  const address = {};
  const { getsockname } = handle as Handle & { getsockname?: (out: object) => number };
  getsockname?.call(handle, address);
  const closed = {
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
  return closed;
}

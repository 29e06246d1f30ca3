import type { IncomingMessage } from 'node:http';

/** How much of a body is read, in bytes and milliseconds. */
const BYTES = 32 * 1024 * 1024;
const WITHIN = 5000;

/**
 * Reads the body of a request away, to its end or until it is too much: a connection that is closed with
 * something unread is reset, and the answer may be lost with it.
 *
 * @param onEnd called once
 */
export function drain(request: IncomingMessage, onEnd: () => void): void {
  let bytes = 0;
  let isOver = false;
  const end = (): void => {
    clearTimeout(timer);
    if (isOver) return;
    isOver = true;
    onEnd();
  };
  const timer = setTimeout(end, WITHIN).unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BYTES) end();
  });
  request.once('end', end).once('close', end);
}

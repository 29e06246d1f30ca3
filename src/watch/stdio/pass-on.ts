import type { Readable, Writable } from 'node:stream';

/** Writes what has come from a stream to another one; no more is read while that one takes no more. */
export function passOn(from: Readable, to: Writable, data: Buffer | string): void {
  if (!to.writable || to.write(data) || from.isPaused()) return;
  from.pause();
  to.once('drain', () => from.resume());
}

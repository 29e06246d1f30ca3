import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';

const TERMINAL = process.platform === 'win32' ? 'CONIN$' : '/dev/tty';

/**
 * Opens the terminal anew, paused. What this process inherits, and hands on, is one open file for all of
 * them: each new child makes it a blocking one, and a reader of it would wait in the kernel.
 *
 * @returns `undefined` when this process has none
 */
export function openTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync(TERMINAL, 'r')).on('error', () => {}); // it has gone
  } catch {
    return undefined;
  }
}

/** Whether Enter was pressed, and nothing else. */
export function isEnter(input: Buffer): boolean {
  return /^\r?\n$/.test(input.toString());
}

import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Key } from '../protocol.ts';

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

/** What was pressed that holdover knows, if it was nothing else: Enter, or `f` and Enter. */
export function toKey(input: Buffer): Key | undefined {
  const [line, pressed] = /^([fF]?)\r?\n$/.exec(input.toString()) ?? [];
  if (line === undefined) return undefined;
  return pressed === '' ? 'enter' : 'forget';
}

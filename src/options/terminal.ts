import pc from 'picocolors';
import { toPrintable } from '../session/display/printable.ts';
import { sayOnce } from '../session/display/say-once.ts';

/** Prints one line to stderr: what an app prints to stdout may be read by a program. */
export function logToTerminal(message: string): void {
  process.stderr.write(`${pc.cyan('[holdover]')} ${toPrintable(message)}\n`);
}

/** Prints a line the first time only. */
export const logOnce = sayOnce(logToTerminal);

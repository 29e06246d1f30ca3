import pc from 'picocolors';
import { toPrintable } from '../session/display/printable.ts';

/** Prints one line to stderr: what an app prints to stdout may be read by a program. */
export function logToTerminal(message: string): void {
  process.stderr.write(`${pc.cyan('[holdover]')} ${toPrintable(message)}\n`);
}

const said = new Set<string>();

/** Prints a line the first time only. */
export function logOnce(message: string): void {
  if (!said.has(message)) logToTerminal(message);
  said.add(message);
}

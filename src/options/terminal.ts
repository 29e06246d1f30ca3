import { styleText } from 'node:util';
import pc from 'picocolors';
import { toPrintable } from '../session/display/printable.ts';
import { sayOnce } from '../session/display/say-once.ts';

type Colors = ReturnType<typeof pc.createColors>;

/**
 * Colours, where a stream shows them: a terminal, unless the environment says otherwise. What `picocolors`
 * finds by itself holds for stdout only.
 */
export function toColors(stream: NodeJS.WriteStream): Colors {
  return pc.createColors(styleText('dim', '', { stream }) !== '');
}

/** Prints one line to stderr: what an app prints to stdout may be read by a program. */
export function logToTerminal(message: string): void {
  const { stderr } = process;
  stderr.write(`${toColors(stderr).cyan('[holdover]')} ${toPrintable(message)}\n`);
}

/** Prints a line the first time only. */
export const logOnce = sayOnce(logToTerminal);

import { toCauseLine } from '../messages/cause.ts';

/** So long after an error the end of the process is due to it, in milliseconds. */
const DUE_FOR = 1000;

let last: { text: string; at: number } | undefined;
let isHeard = false;

/** Hears of each error that nobody catches; nothing else changes by that. */
export function hearErrors(): void {
  if (isHeard) return;
  isHeard = true;
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    last = { text: toText(error), at: performance.now() };
  });
}

/** The error by which the process ends, in one line: `TypeError: x is not a function`. */
export function toCause(): string | undefined {
  return last && performance.now() - last.at < DUE_FOR ? last.text : undefined;
}

/** Never throws: what was thrown can be anything. */
function toText(error: unknown): string {
  try {
    const { name, message } = error as Error;
    const text = typeof message === 'string' ? `${name || 'Error'}: ${message}` : String(error);
    return toCauseLine(text);
  } catch {
    return 'Error';
  }
}

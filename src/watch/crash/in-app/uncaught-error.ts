import { inspect, types } from 'node:util';
import type { ReportedCause, ReportedError } from '../../protocol.ts';

/** How much of what is kept, in characters. */
const OWN = { message: 4000, where: 1000, stack: 8000 };
const OF_A_CAUSE = { message: 500, where: 300, stack: 900 };
const MAX_CAUSES = 4;

/**
 * Tells of each error that ends this process: thrown, or the reason of a promise that nobody handles.
 * Nothing else changes: not what Node prints, not the exit code, not what the app itself listens for.
 *
 * @param send must hand the error over at once, as the process ends after it
 */
export function onUncaughtError(send: (error: ReportedError) => void): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    try {
      send(toReportedError(error));
    } catch {
      // A getter of the error has thrown, say: thrown on, that would end the process in place of the app's own.
    }
  });
}

function toReportedError(thrown: unknown): ReportedError {
  return {
    ...toCause(thrown, OWN),
    causes: collectCauses(thrown).map((cause) => toCause(cause, OF_A_CAUSE)),
    isHandled:
      process.listenerCount('uncaughtException') > 0 ||
      process.hasUncaughtExceptionCaptureCallback(),
    at: Date.now(),
  };
}

function toCause(thrown: unknown, limits: typeof OWN): ReportedCause {
  const { name, message, code, stack } = Object(thrown) as Record<string, unknown>;
  if (!types.isNativeError(thrown) && typeof stack !== 'string') {
    const shown = typeof thrown === 'string' ? thrown : inspect(thrown, INSPECTED);
    return { name: 'Uncaught', message: cut(shown, limits.message), where: '', stack: '' };
  }
  const text = toText(message);
  const parts = splitStack(toText(stack), text);
  return {
    name: cut(toText(name), 200) || 'Error',
    message: cut(text, limits.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code: cut(String(code), 100) }),
    where: cut(parts.where, limits.where),
    stack: cutAtLine(parts.stack, limits.stack),
  };
}

const INSPECTED = { depth: 1, maxStringLength: 1000, maxArrayLength: 20 };

/** The causes, nearest first; one that comes twice, or that leads to itself, is taken once. */
function collectCauses(thrown: unknown): unknown[] {
  const seen = new Set([thrown]);
  for (const error of seen) {
    const { cause, errors } = Object(error) as Record<string, unknown>;
    for (const one of [cause, ...(Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [])]) {
      if (one !== undefined && one !== null && seen.size <= MAX_CAUSES) seen.add(one);
    }
  }
  return [...seen].slice(1);
}

/** A message may itself look like a stack: the lines of the stack are those that come after it. */
function splitStack(stack: string, message: string): { where: string; stack: string } {
  const at = Math.max(0, stack.indexOf(message));
  const rest = stack.slice(at + message.length);
  const first = rest.startsWith('    at ') ? 0 : rest.indexOf('\n    at ') + 1;
  const head = stack.slice(0, at);
  return { where: /^[^\n]+:\d+\n/.test(head.slice(0, 2000)) ? head : '', stack: rest.slice(first) };
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function cutAtLine(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, Math.max(0, text.lastIndexOf('\n', length)));
}

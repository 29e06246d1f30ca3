import { inspect, types } from 'node:util';
import type { ReportedCause, ReportedError } from '../../protocol.ts';

/** How much of what is kept, in characters. */
const OWN = { message: 4000, where: 1000, stack: 8000 };
const OF_A_CAUSE = { message: 500, where: 300, stack: 900 };
const CAUSES = 4;

/**
 * Tells of each error that ends this process: thrown, or the reason of a promise that nobody handles.
 * Nothing else changes: not what Node prints, not the exit code, not what the app itself listens for.
 *
 * @param send may throw; must hand the error over at once, as the process ends after it
 */
export function onUncaughtError(send: (error: ReportedError) => void): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    try {
      send(toReportedError(error));
    } catch {
      // What is thrown here would end the process in place of the app's own error.
    }
  });
}

/** Describes anything that can be thrown. Never throws itself. */
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
  if (!isErrorLike(thrown)) {
    return { name: 'Uncaught', message: cut(show(thrown), limits.message), where: '', stack: '' };
  }
  const message = toText(read(thrown, 'message'));
  const code = read(thrown, 'code');
  const { where, stack } = splitStack(toText(read(thrown, 'stack')), message);
  return {
    name: cut(toText(read(thrown, 'name')), 200) || 'Error',
    message: cut(message, limits.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code: cut(String(code), 100) }),
    where: cut(where, limits.where),
    stack: cutAtLine(stack, limits.stack),
  };
}

/** The causes, nearest first; one that comes twice, or that leads to itself, is taken once. */
function collectCauses(thrown: unknown): unknown[] {
  const seen = new Set([thrown]);
  for (const error of seen) {
    const errors = read(error, 'errors');
    const several = isArray(errors) ? [0, 1, 2, 3].map((index) => read(errors, index)) : [];
    for (const cause of [read(error, 'cause'), ...several]) {
      if (cause !== undefined && cause !== null && seen.size <= CAUSES) seen.add(cause);
    }
  }
  return [...seen].slice(1);
}

/** A message may itself look like a stack: the lines of the stack are those that come after it. */
function splitStack(stack: string, message: string): { where: string; stack: string } {
  const at = message === '' ? -1 : stack.indexOf(message);
  const end = at === -1 ? 0 : at + message.length;
  const first = stack.startsWith('    at ', end) ? end : stack.indexOf('\n    at ', end) + 1;
  const head = stack.slice(0, at === -1 ? first : at);
  return {
    where: /^[^\n]+:\d+\n/.test(head.slice(0, 2000)) ? head : '',
    stack: first === 0 && end === 0 ? '' : stack.slice(first || end),
  };
}

function isErrorLike(thrown: unknown): boolean {
  return types.isNativeError(thrown) || typeof read(thrown, 'stack') === 'string';
}

function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false; // a revoked proxy
  }
}

/** A property, or `undefined` where there is none and where asking for it throws. */
function read(value: unknown, key: string | number): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  try {
    return (value as Record<string | number, unknown>)[key];
  } catch {
    return undefined;
  }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return inspect(value, { depth: 1, maxStringLength: 1000, maxArrayLength: 20 });
  } catch {
    return 'a value that cannot be shown';
  }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function cutAtLine(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, Math.max(0, text.lastIndexOf('\n', length)));
}

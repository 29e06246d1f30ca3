import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Crash, Excerpt } from '../../asking/crash.ts';

/** Lines of source before and after the one with the error. */
const BEFORE = 4;
const AFTER = 3;

const MAX_CAUSE_LENGTH = 300;

/** What a client is told of a server that has ended by itself. */
export interface Failure {
  /** In place of an answer to what was in flight. */
  inFlight: string;
  /** To what it asks until the server runs again. */
  later: string;
}

/**
 * Tells how a server has ended, and where the error is: without a stack, and with paths from the root of the
 * project, as an agent reads all of it.
 *
 * @param tail the end of what the server has printed to stderr, which is told where there is no error
 */
export function toFailure(crash: Crash, root: string, tail = ''): Failure {
  const { title, error, excerpt } = crash;
  const cause = error
    ? toCauseLine(withoutRoot(`${error.name}: ${error.message}`, root))
    : title.replace(/^The app /, 'it ');
  const again = `It starts again when ${error ? 'its code is mended' : 'one of its files is saved'}.`;
  const frame = error?.frames.find(({ file, isOfPackage }) => file !== undefined && !isOfPackage);
  const place = excerpt ? toLines(excerpt, root) : frame && toPlace(frame, root);
  const details = error ? place : tail;
  const rest = details ? `\n\n${details}` : '';
  return {
    inFlight: `The server ended while this request was running: ${cause}. ${again}${rest}`,
    later: `The server does not run: ${cause}. ${again}${rest}`,
  };
}

function withoutRoot(text: string, root: string): string {
  const folder = root.endsWith(sep) ? root : root + sep;
  return text.replaceAll(pathToFileURL(folder).href, '').replaceAll(folder, '');
}

/** `src/server.ts:3:7` */
function toPlace(
  { file, path, line, column }: { file?: string; path: string; line?: number; column?: number },
  root: string,
): string {
  const fromRoot = file === undefined ? path : relative(root, file);
  const shown = fromRoot.startsWith('..') ? path : fromRoot;
  return [shown, line, column].filter((part) => part !== undefined).join(':');
}

function toLines(excerpt: Excerpt, root: string): string {
  const { line, lines } = excerpt;
  const near = lines.filter(({ number }) => number >= line - BEFORE && number <= line + AFTER);
  const width = String(near.at(-1)?.number).length;
  const rows = near.map(({ number, text, isMarked }) =>
    `${isMarked ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd(),
  );
  return [toPlace(excerpt, root), ...rows].join('\n');
}

/**
 * Returns the first line of an error, `TypeError: x is not a function`, without a full stop. Where that line only
 * announces the next one, as of a syntax error in tsx, that follows.
 */
export function toCauseLine(text: string): string {
  const [line = '', next = ''] = text.split(/\r?\n|\r/);
  const cause = line.endsWith(':') ? `${line} ${next.trim()}` : line;
  return cause.slice(0, MAX_CAUSE_LENGTH).replace(/\.$/, '');
}

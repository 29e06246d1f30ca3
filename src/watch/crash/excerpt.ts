import { lstat, readFile, realpath } from 'node:fs/promises';
import { extname, isAbsolute, relative, sep } from 'node:path';
import type { Excerpt, Position } from '../../asking/crash.ts';
import { isOfPackage } from '../is-of-package.ts';
import { toPath, toPlain } from './frames.ts';

/** What is code. Nothing else is shown: no `.env`, no key, no data. */
const SOURCES = new Set('.js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte'.split(' '));

/** The largest file that is read, in bytes; lines on either side; the longest line, in characters. */
const LARGEST = 1024 * 1024;
const AROUND = 5;
const LONGEST_LINE = 400;

/**
 * Reads the source around a place: of a regular file of the project, that is code, not of a package,
 * and on whose path no name begins with a dot.
 *
 * @returns `undefined` for any other file, and for one that cannot be read; never rejects
 */
export async function readExcerpt(position: Position, root: string): Promise<Excerpt | undefined> {
  try {
    const file = await realpath(position.file);
    if (!isSource(file, await realpath(root))) return undefined; // where its links lead, not where they lie
    const stats = await lstat(file);
    if (!stats.isFile() || stats.size > LARGEST) return undefined;
    return toExcerpt(await readFile(file, 'utf8'), position);
  } catch {
    return undefined;
  }
}

/** `    ^` below the column of a line, behind the same tabs. */
export function toCaret(text: string, column: number): string {
  return `${text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')}^`;
}

function isSource(file: string, root: string): boolean {
  const fromRoot = relative(root, file);
  const isHidden = fromRoot.split(sep).some((name) => name.startsWith('.')); // `..` is one of them
  return (
    !isHidden && !isAbsolute(fromRoot) && !isOfPackage(file, root) && SOURCES.has(extname(file))
  );
}

function toExcerpt(source: string, position: Position): Excerpt | undefined {
  const all = source.split(/\r?\n/);
  const { file, line } = position;
  const marked = all[line - 1];
  if (marked === undefined) return undefined; // the file has changed since
  const first = Math.max(1, line - AROUND);
  const lines = all.slice(first - 1, line + AROUND).map((text, index) => ({
    number: first + index,
    text: toPlain(text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text),
    isMarked: first + index === line,
  }));
  const isInside = position.column && position.column <= Math.min(marked.length + 1, LONGEST_LINE);
  const column = isInside ? position.column : undefined;
  return { file, path: toPath(file), line, column, lines };
}

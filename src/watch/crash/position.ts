import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { toFile } from '../loaded-files.ts';
import type { Position } from '../../asking/crash.ts';
import { toPlain } from './frames.ts';
import type { ReportedCause } from '../protocol.ts';

/**
 * The place that an error names in its text and not in its stack: a syntax error of CommonJS, of
 * TypeScript, of JSON; a missing export or module.
 */
export async function findNamedPosition(error: ReportedCause): Promise<Position | undefined> {
  return (
    toWrittenPosition(error.where) ??
    toTransformPosition(error.message) ??
    findImport(error.message)
  );
}

/** The place in what Node writes before an error: `/app/a.cjs:3`, the line, and `^^^` below it. */
export function toWrittenPosition(text: string): Position | undefined {
  const [first = '', , ...below] = toPlain(text).split('\n');
  const [, name = '', line] = /^(.+):(\d+)$/.exec(first) ?? [];
  const file = toFile(name);
  if (file === undefined) return undefined;
  const marks = below.slice(0, 3).find((mark) => /^\s*\^+\s*$/.test(mark));
  return {
    file,
    line: Number(line),
    column: marks === undefined ? undefined : marks.indexOf('^') + 1,
  };
}

/** The place in a message of esbuild, which tsx runs: its columns are from 0. */
function toTransformPosition(message: string): Position | undefined {
  const [, name = '', line, column] = /^(.+):(\d+):(\d+): ERROR: /m.exec(toPlain(message)) ?? [];
  const file = toFile(name);
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) + 1 };
}

/** The place of the import of a module that is not there, or that its package does not export. */
async function findImport(message: string): Promise<Position | undefined> {
  const plain = toPlain(message);
  const [, esm] = /imported from (.+)$/m.exec(plain) ?? [];
  const [, commonjs] = /^Cannot find module [^\n]*\nRequire stack:\n- (.+)$/m.exec(plain) ?? [];
  const importer = toFile((esm ?? commonjs ?? '').replaceAll(/^'|'$/g, ''));
  if (importer === undefined) return undefined;
  const [, wanted = ''] =
    /^Cannot find (?:module|package) '(.+?)'/.exec(plain) ??
    /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]package\.json/.exec(plain) ??
    [];
  const source = await readFile(importer, 'utf8').catch(() => '');
  return { file: importer, ...findSpecifier(source, wanted, importer) };
}

/** The first string in a source that names a module, by its line; the first line when there is none. */
function findSpecifier(
  source: string,
  wanted: string,
  importer: string,
): { line: number; column?: number } {
  const target = toFile(wanted) ?? wanted;
  const isNamed = (specifier: string): boolean =>
    specifier === wanted ||
    (isAbsolute(target)
      ? specifier.startsWith('.') && resolve(dirname(importer), specifier) === target
      : specifier.startsWith(`${wanted}/`));
  for (const [index, line] of source.split('\n').entries()) {
    if (line.length > 1000 || wanted === '') continue;
    for (const { 2: specifier = '', index: column } of line.matchAll(/(['"`])([^'"`]+)\1/g)) {
      if (isNamed(specifier)) return { line: index + 1, column: column + 1 };
    }
  }
  return { line: 1 };
}

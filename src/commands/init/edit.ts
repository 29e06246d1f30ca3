import { readFileSync, writeFileSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import pc from 'picocolors';
import { toPrintable } from '../../session/display/printable.ts';

/** A file, and what is to stand in it. Its path is from the current directory. */
export interface Edit {
  path: string;
  before: string;
  after: string;
}

/** What would change, for people. */
export function toDiff({ path, before, after }: Edit): string {
  const patch = createTwoFilesPatch(path, path, before, after, '', '', { context: 2 });
  const lines = patch.slice(patch.indexOf('--- ')).trimEnd().split('\n'); // below a rule
  return `${lines.map(toLine).join('\n')}\n`;
}

function toLine(line: string): string {
  const text = toPrintable(line.replace(/\r$/, ''));
  if (/^(---|\+\+\+) /.test(line)) return pc.bold(text.trimEnd());
  if (line.startsWith('+')) return pc.green(text);
  if (line.startsWith('-')) return pc.red(text);
  return line.startsWith('@@') ? pc.cyan(text) : text;
}

/**
 * Writes over what is there: its links, its owner and its mode stay.
 *
 * @throws Error, in one sentence, when the file has changed meanwhile
 */
export function write({ path, before, after }: Edit): void {
  if (readFileSync(path, 'utf8') !== before)
    throw new Error(`${path} has changed meanwhile, and stays as it is. Try again.`);
  writeFileSync(path, after);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import pc from 'picocolors';
import { findProjectRoot } from '../../options/project.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { toPrintable } from '../../session/display/printable.ts';
import { ask, canAsk } from '../ask.ts';
import { planInit, planUndo, type Edit, type Plan } from './plan.ts';
import { forget, recall, remember } from './record.ts';

/** The flags of `holdover init`. */
export interface Flags {
  yes?: boolean;
  undo?: boolean;
}

/**
 * Shows what it would write, asks, and writes it. Without a terminal it writes only with --yes.
 *
 * @throws Error, in one sentence, when there is nothing to take back, or a file is changed meanwhile
 */
export async function init({ yes, undo }: Flags): Promise<void> {
  const root = findProjectRoot(process.cwd());
  process.chdir(root); // globs and paths in scripts are from there
  const plan = undo ? planBack(root) : planInit();
  for (const edit of plan.edits) process.stdout.write(toDiff(edit));
  for (const note of plan.notes) logToTerminal(note);
  if (plan.edits.length === 0) return logToTerminal('There is nothing to change.');
  if (!yes && !canAsk())
    return logToTerminal('Nothing was written: say --yes, as there is no terminal to ask on.');
  if (!yes && !(await ask(undo ? 'Take it back?' : 'Write it?')))
    return logToTerminal('Nothing was written.');
  if (!undo) remember(root, plan.written);
  for (const edit of plan.edits) write(edit);
  if (undo) forget(root);
  const paths = plan.edits.map(({ path }) => path).join(' and ');
  logToTerminal(
    undo ? `${paths} as before.` : `Wrote ${paths}. Take it back with: holdover init --undo`,
  );
}

function planBack(root: string): Plan {
  const written = recall(root);
  if (!written)
    throw new Error('There is nothing to take back: holdover init has written nothing here.');
  return planUndo(written);
}

function toDiff({ path, before, after }: Edit): string {
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

/** Over what is there: its links, its owner and its mode stay. */
function write({ path, before, after }: Edit): void {
  if (readFileSync(path, 'utf8') !== before)
    throw new Error(`${path} has changed meanwhile, and stays as it is. Try again.`);
  writeFileSync(path, after);
}

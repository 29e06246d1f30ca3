import { findProjectRoot } from '../../options/project.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { ask, canAsk } from '../ask.ts';
import { toDiff, write } from './edit.ts';
import { planInit, planUndo, type Plan } from './plan.ts';
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

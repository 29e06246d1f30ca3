import { resolveProject } from '../../care/project.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { toPrintable } from '../../session/display/printable.ts';
import { clearState, keysOf, listState } from '../../state/snapshots/stored.ts';
import { ask, canAsk } from '../ask.ts';
import { toCareOptions, type CareFlags } from '../care-flags.ts';
import { toCount } from '../text.ts';

/** What is asked before. */
interface ClearFlags extends CareFlags {
  yes?: boolean;
}

/**
 * Forgets what is kept of the memory of the apps of a project, after it has said how much, and asked.
 *
 * @param key of one value; @default all
 * @throws Error, in one sentence, when there is no such key, or nobody to ask and no --yes
 */
export async function clearKept(key: string | undefined, flags: ClearFlags): Promise<void> {
  const options = resolveProject(toCareOptions(flags));
  const states = listState(options);
  const all = states.flatMap(({ left }) => keysOf(left));
  const meant = key === undefined ? all : all.filter((one) => one === key);
  if (key !== undefined && meant.length === 0)
    throw new Error(`Nothing is kept under ${toPrintable(key)}. See: holdover ls --state`);
  const found = `${toCount(meant.length, 'value')} kept of the memory of the app`;
  if (meant.length > 0 && !flags.yes && !(await isConfirmed(found)))
    return logToTerminal('Nothing was forgotten.');
  const removed = await clearState(options, { key });
  if (flags.json) process.stdout.write(`${JSON.stringify({ removed })}\n`);
  const isRunning = removed > 0 && states.some((one) => one.isRunning);
  const rest = isRunning
    ? ' The app that runs has it still, and begins without it when it is started again.'
    : '';
  logToTerminal(`${toCount(removed, 'value')} forgotten.${rest}`);
}

async function isConfirmed(found: string): Promise<boolean> {
  if (canAsk()) return ask(`${found}. Forget it?`);
  throw new Error(`${found}. Nothing was forgotten: say --yes, as there is no terminal to ask on.`);
}

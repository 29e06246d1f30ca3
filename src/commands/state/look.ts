import { readFileSync } from 'node:fs';
import { ask as askApp, findRunningApps, type RunningApp } from '../../care/running/ask.ts';
import { findProjectRoot, readPackage } from '../../options/project.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { toPrintableJson } from '../../session/display/printable.ts';
import type { Filled, Look } from '../../state/walk/walk.ts';
import { ask, canAsk, waitForEnter } from '../ask.ts';
import { toRoot, type ProjectFlag } from '../care-flags.ts';
import { toDiff, write } from '../init/edit.ts';
import { toCount } from '../text.ts';
import { isKept, toFilledLine } from './filled.ts';
import { addKeepLines } from './keep-lines.ts';

/** The flags of `holdover doctor --state`. */
export interface LookFlags extends ProjectFlag {
  yes?: boolean;
  json?: boolean;
}

const PACKAGE = 'package.json';

/**
 * Has the running app look at its memory, before and after it is used, names what requests have filled, and
 * offers to keep it. Without a terminal each call looks once, and compares with the first.
 *
 * @throws Error, in one sentence, when no app runs, or it does not answer
 */
export async function lookAtState(flags: LookFlags): Promise<void> {
  const root = findProjectRoot(toRoot(flags));
  process.chdir(root);
  const apps = findRunningApps(root);
  if (apps.length === 0)
    throw new Error(
      'No app of this project runs under holdover watch or in Vite. Start it, and run this again in another terminal.',
    );
  let looks = await lookAt(apps);
  while (!flags.json && canAsk() && !looks.some(({ filled }) => filled.length > 0)) {
    logToTerminal(`${toLooked(looks)} Use the app now: log in, add something. Then press Enter.`);
    if (!(await waitForEnter())) return;
    looks = await lookAt(apps);
  }
  if (flags.json) process.stdout.write(`${toPrintableJson(looks, 2)}\n`);
  else await tell(looks, flags);
}

/** One after the other: they share the processor. */
async function lookAt(apps: RunningApp[]): Promise<Look[]> {
  const looks: Look[] = [];
  for (const app of apps) looks.push((await askApp(app, 'look')) as Look);
  return looks;
}

function toLooked(looks: Look[]): string {
  const count = looks.reduce((sum, look) => sum + look.count, 0);
  const looked = `Looked at ${toCount(count, 'variable')} of the app`;
  return looks.every(({ isFirst }) => isFirst)
    ? `${looked} for the first time since it has started.`
    : `${looked}: nothing was filled since the first look.`;
}

async function tell(looks: Look[], flags: LookFlags): Promise<void> {
  for (const { unread } of looks)
    for (const file of unread) logToTerminal(`${file} is no JavaScript that holdover can read.`);
  const filled = looks.flatMap((look) => look.filled).sort((a, b) => (a.key < b.key ? -1 : 1));
  if (filled.length === 0)
    return logToTerminal(`${toLooked(looks)} Use the app, and run this again.`);
  for (const one of filled) process.stdout.write(`${toFilledLine(one)}\n`);
  await offer(filled, flags);
}

/** Offers to write into package.json what can be kept and is not. */
async function offer(filled: Filled[], { yes }: LookFlags): Promise<void> {
  const { holdover } = readPackage('.') as { holdover?: { keep?: unknown } };
  const keys = filled.filter(({ trouble }) => !trouble).map(({ key }) => key);
  const lines = [...new Set(keys)].filter((key) => !isKept(key, holdover?.keep));
  if (lines.length === 0) return logToTerminal('What can be kept of it is kept already.');
  const before = readFileSync(PACKAGE, 'utf8');
  const after = addKeepLines(before, lines);
  if (after === undefined)
    return logToTerminal(
      `"holdover" in ${PACKAGE} is not plain enough to be changed. Add to its "keep": ${lines.join(', ')}`,
    );
  process.stdout.write(toDiff({ path: PACKAGE, before, after }));
  if (!yes && !canAsk())
    return logToTerminal('Nothing was written: say --yes, as there is no terminal to ask on.');
  if (!yes && !(await ask('Write it?'))) return logToTerminal('Nothing was written.');
  write({ path: PACKAGE, before, after });
  logToTerminal(`Wrote ${PACKAGE}. The app starts anew, and keeps what it holds from then on.`);
}

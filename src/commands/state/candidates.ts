import { readFileSync } from 'node:fs';
import { findProjectRoot, readPackage } from '../../options/project.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { toPrintable, toPrintableJson } from '../../session/display/printable.ts';
import { findCandidates } from '../../state/candidates.ts';
import { ask, canAsk } from '../ask.ts';
import { toRoot, type ProjectFlag } from '../care-flags.ts';
import { toDiff, write } from '../init/edit.ts';
import { toLine } from '../text.ts';
import { addKeepLines, isKept } from './keep-lines.ts';

/** The flags of `holdover doctor --state`. */
export interface CandidateFlags extends ProjectFlag {
  yes?: boolean;
  json?: boolean;
}

const PACKAGE = 'package.json';
const KEY_WIDTH = 40;

/** Lists the variables of the app that `keep` could name, and offers to write them into package.json. */
export async function listCandidates(flags: CandidateFlags): Promise<void> {
  const root = findProjectRoot(toRoot(flags));
  process.chdir(root);
  const { holdover } = readPackage('.') as { holdover?: { keep?: unknown } };
  const candidates = findCandidates(root).map((one) => ({
    ...one,
    isKept: isKept(one.key, holdover?.keep),
  }));
  if (flags.json) {
    process.stdout.write(`${toPrintableJson(candidates, 2)}\n`);
    return;
  }
  for (const { key, type, isKept: isDone } of candidates) {
    const cells = [toPrintable(key), toPrintable(isDone ? `${type} (kept)` : type)];
    process.stdout.write(`${toLine(cells, [KEY_WIDTH])}\n`);
  }
  if (candidates.length === 0)
    return logToTerminal('No file of the app holds a Map, a Set, an array or a store at its top.');
  const lines = candidates.filter(({ isKept: isDone }) => !isDone).map(({ key }) => key);
  if (lines.length === 0) return logToTerminal('All of it is kept already.');
  await offer(lines, flags);
}

/** Offers to write candidates into package.json. */
async function offer(lines: string[], { yes }: CandidateFlags): Promise<void> {
  const before = readFileSync(PACKAGE, 'utf8');
  const after = addKeepLines(before, lines);
  if (after === undefined)
    return logToTerminal(
      `"holdover" in ${PACKAGE} has another form. Add to its "keep": ${lines.join(', ')}`,
    );
  process.stdout.write(toDiff({ path: PACKAGE, before, after }));
  if (!yes && !canAsk())
    return logToTerminal('Nothing was written: say --yes, as there is no terminal to ask on.');
  if (!yes && !(await ask('Write it?'))) return logToTerminal('Nothing was written.');
  write({ path: PACKAGE, before, after });
  logToTerminal(`Wrote ${PACKAGE}. Take out the lines that you do not want to keep.`);
}

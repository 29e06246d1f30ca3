import pc from 'picocolors';
import { resolveProject } from '../../care/project.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { toPrintable, toPrintableJson } from '../../session/display/printable.ts';
import { readKept, toEntries, type KeptValue } from '../../state/read-kept.ts';
import { toCareOptions, type CareFlags } from '../care-flags.ts';
import { Output } from '../output.ts';
import { toAge, toCount, toDate, toLine, toSize } from '../text.ts';

const WIDTHS = [40, 14, 24, 9, 9];
const TITLES = ['key', 'type', 'holds', 'size', 'written', 'app'];

/** Lists what is kept of the memory of the apps of a project, and nothing of the values themselves. */
export async function listKept(flags: CareFlags): Promise<void> {
  const { values, faults } = readKept(resolveProject(toCareOptions(flags)));
  const output = new Output();
  if (flags.json) await output.line(toPrintableJson(values.map(toFacts), 2));
  else {
    if (values.length > 0) await output.line(pc.bold(toLine(TITLES, WIDTHS)));
    for (const value of values) await output.line(toRow(value));
  }
  await output.end();
  if (flags.json) return;
  for (const { app, reason } of faults)
    logToTerminal(`The last snapshot of ${app} cannot be read: ${reason}`);
  logToTerminal(`${toCount(values.length, 'value')} kept of the memory of the app`);
}

function toRow({ key, type, value, size, at, app }: KeptValue): string {
  const cells = [key, type, toEntries(value), toSize(size), toAge(at), app];
  return toLine(cells.map(toPrintable), WIDTHS);
}

function toFacts({ key, type, value, size, at, app }: KeptValue): object {
  return { key, type, holds: toEntries(value), size, written: toDate(at), app };
}

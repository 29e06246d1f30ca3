import type { CAC } from 'cac';
import pc from 'picocolors';
import { diagnose } from '../care/doctor.ts';
import type { Check, CheckState } from '../care/doctor/check.ts';
import { addCareFlags, toCareOptions, type CareFlags } from './care-flags.ts';
import { toLine } from './text.ts';
import { toPrintable, toPrintableJson } from '../session/display/printable.ts';

const MARKS: Record<CheckState, string> = {
  good: pc.green('✓'),
  doubtful: pc.yellow('!'),
  broken: pc.red('✗'),
};

const NAME_WIDTH = 15;

/** Adds `holdover doctor` to the command line. */
export function addDoctorCommand(cli: CAC): void {
  addCareFlags(cli.command('doctor', 'Check everything that may cost logins')).action(doctor);
}

/** Prints a line for each check; the exit code is 1 when something is broken. */
async function doctor(flags: CareFlags): Promise<void> {
  const checks: Check[] = [];
  for await (const check of diagnose(toCareOptions(flags))) {
    checks.push(check);
    if (!flags.json) process.stdout.write(`${toText(check)}\n`);
  }
  if (flags.json) process.stdout.write(`${toPrintableJson(checks, 2)}\n`);
  if (checks.some(({ state }) => state === 'broken')) process.exitCode = 1;
}

function toText({ name, state, found, advice }: Check): string {
  const line = toLine([name, toPrintable(found)], [NAME_WIDTH]);
  const indent = ' '.repeat(NAME_WIDTH + 4);
  return `${MARKS[state]} ${line}${advice ? `\n${indent}${pc.dim('→')} ${toPrintable(advice)}` : ''}`;
}

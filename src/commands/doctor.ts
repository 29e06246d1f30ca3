import type { CAC } from 'cac';
import pc from 'picocolors';
import { diagnose } from '../care/doctor.ts';
import type { Check, CheckState } from '../care/doctor/check.ts';
import { addCareFlags, toCareOptions, type CareFlags } from './care-flags.ts';
import { toLine } from './printing.ts';
import { toPrintable, toPrintableJson } from '../session/display/printable.ts';

interface Flags extends CareFlags {
  state?: boolean;
  yes?: boolean;
}

const MARKS: Record<CheckState, string> = {
  good: pc.green('✓'),
  doubtful: pc.yellow('!'),
  broken: pc.red('✗'),
};

const NAME_WIDTH = 15;

/** Adds `holdover doctor` to the command line. */
export function addDoctorCommand(cli: CAC): void {
  addCareFlags(cli.command('doctor', 'Check everything that may cost logins'))
    .option('--state', 'List the variables of the app that could be kept, and keep them')
    .option('--yes', 'With --state: do not ask')
    .example('holdover doctor --state')
    .action(async (flags: Flags) => {
      if (!flags.state) return doctor(flags);
      const { listCandidates } = await import('./state.ts');
      await listCandidates(flags);
    });
}

/** Prints a line for each check; the exit code is 1 when something is broken. */
async function doctor(flags: CareFlags): Promise<void> {
  const checks: Check[] = [];
  const options = toCareOptions(flags);
  const tell = (check: Check): void => {
    checks.push(check);
    if (!flags.json) process.stdout.write(`${toText(check)}\n`);
  };
  for await (const check of diagnose(options)) tell(check);
  const { checkKept } = await import('../state/check-kept.ts');
  for (const check of checkKept(options)) tell(check);
  if (flags.json) process.stdout.write(`${toPrintableJson(checks, 2)}\n`);
  if (checks.some(({ state }) => state === 'broken')) process.exitCode = 1;
}

function toText({ name, state, found, advice }: Check): string {
  const line = toLine([name, toPrintable(found)], [NAME_WIDTH]);
  const indent = ' '.repeat(NAME_WIDTH + 4);
  return `${MARKS[state]} ${line}${advice ? `\n${indent}${pc.dim('→')} ${toPrintable(advice)}` : ''}`;
}

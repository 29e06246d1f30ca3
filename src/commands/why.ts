import type { CAC } from 'cac';
import { explainLogout } from '../care/why.ts';
import { toPrintable, toPrintableJson } from '../session/display/printable.ts';
import { addCareFlags, toCareOptions, toTypedId, type CareFlags } from './care-flags.ts';

interface Flags extends CareFlags {
  '--'?: string[];
}

/** Adds `holdover why` to the command line. */
export function addWhyCommand(cli: CAC): void {
  addCareFlags(
    cli.command('why [id]', 'Why was I logged out? Takes an id or the value of a cookie'),
  )
    .example('holdover why')
    .example("holdover why 'connect.sid=s%3A3fK2xQ…'")
    .action(why);
}

/** Answers in one sentence; without an id for the latest request that has brought a cookie and missed its session. */
async function why(id: string | undefined, flags: Flags): Promise<void> {
  const { cause, sentence } = await explainLogout(toTypedId(id, flags['--']), toCareOptions(flags));
  const text = flags.json ? toPrintableJson({ cause, sentence }, 2) : toPrintable(sentence);
  process.stdout.write(`${text}\n`);
}

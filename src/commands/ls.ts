import type { CAC } from 'cac';
import pc from 'picocolors';
import { displayPlace, resolveProject } from '../care/project.ts';
import { listSessions, type SessionFacts } from '../care/sessions.ts';
import { logToTerminal } from '../options/terminal.ts';
import { shortenId } from '../session/display/short-id.ts';
import { addCareFlags, toCareOptions, toUser, type CareFlags } from './care-flags.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { toAge, toCount, toDate, toLine, toRest, toSize } from './text.ts';
import { toPrintable, toPrintableJson } from '../session/display/printable.ts';

interface Flags extends CareFlags {
  user?: string;
  state?: boolean;
}

const WIDTHS = [28, 8, 9, 9, 10, 8];

/** Adds `holdover ls` to the command line. */
export function addLsCommand(cli: CAC): void {
  addCareFlags(cli.command('ls', 'List the live sessions'))
    .option('--user <name>', 'Only those of this user')
    .option('--state', 'List what is kept of the memory of the app instead')
    .example('holdover ls --user ada')
    .action(async (flags: Flags) => {
      if (!flags.state) return ls(flags);
      const { listKept } = await import('./state/list.ts');
      await listKept(flags);
    });
}

/** Lists the live sessions, as they are read. */
async function ls(flags: Flags): Promise<void> {
  const options = { ...toCareOptions(flags), ...toUser(flags) };
  const output = new Output();
  const progress = new Progress('sessions');
  let count = 0;
  if (flags.json) await output.line('[');
  for await (const facts of listSessions(options)) {
    if (flags.json) await output.line(`${count > 0 ? ',' : ''}${toJson(facts)}`);
    else {
      if (count === 0) await output.line(pc.bold(toLine(TITLES, WIDTHS)));
      await output.line(toRow(facts));
    }
    if (!process.stdout.isTTY) progress.at(count);
    count++;
  }
  progress.end();
  if (flags.json) await output.line(']');
  await output.end();
  if (!flags.json) logToTerminal(`${toCount(count)} in ${displayPlace(resolveProject(options))}`);
}

const TITLES = ['who', 'id', 'created', 'last seen', 'expires in', 'size'];

function toRow({ who, id, created, lastSeen, expires, size }: SessionFacts): string {
  const cells = [toPrintable(who ?? '-'), toPrintable(shortenId(id))];
  return toLine([...cells, toAge(created), toAge(lastSeen), toRest(expires), toSize(size)], WIDTHS);
}

function toJson(facts: SessionFacts): string {
  const { who, id, namespace, created, lastSeen, expires, size } = facts;
  return toPrintableJson({
    who: who ?? null,
    id: shortenId(id),
    namespace: namespace ?? null,
    created: toDate(created),
    lastSeen: toDate(lastSeen),
    expires: toDate(expires),
    size,
  });
}

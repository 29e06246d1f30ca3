import type { CAC } from 'cac';
import pc from 'picocolors';
import { measureSessions, type SessionMeasures } from '../care/measure.ts';
import type { SessionFacts } from '../care/sessions.ts';
import { shortenId } from '../session/display/short-id.ts';
import { addCareFlags, toCareOptions, type CareFlags } from './care-flags.ts';
import { print, toAge, toCount, toDate, toLine, toSize } from './printing.ts';
import { toPrintable, toPrintableJson } from '../session/display/printable.ts';

/** Adds `holdover stats` to the command line. */
export function addStatsCommand(cli: CAC): void {
  addCareFlags(cli.command('stats', 'Count and measure the sessions')).action(stats);
}

async function stats(flags: CareFlags): Promise<void> {
  const measures = await measureSessions(toCareOptions(flags));
  print(flags.json ? toPrintableJson(toJson(measures), 2) : toText(measures));
}

function toText(measures: SessionMeasures): string {
  const { place, live, clients, expired, unreadable, bytes, occupied, largest, oldest } = measures;
  const { sinceYesterday } = measures;
  const onDisk = occupied === bytes ? '' : ` (${toSize(occupied)} on disk)`;
  const rows: [string, string][] = [
    ['in', place],
    ['live', toCount(live)],
    ...(clients > 0 ? [['MCP', toCount(clients, 'client')] as [string, string]] : []),
    ['expired', expired === 0 ? '0' : `${toCount(expired)} (holdover prune removes them)`],
    ...(unreadable > 0 ? [['unreadable', toCount(unreadable)] as [string, string]] : []),
    ['size', toSize(bytes) + onDisk],
    ['largest', largest ? `${toSize(largest.size)}: ${toName(largest)}` : '-'],
    ['oldest', oldest ? `created ${toAge(oldest.created)}: ${toName(oldest)}` : '-'],
    ['yesterday', `+${toCount(sinceYesterday.count)}, +${toSize(sinceYesterday.bytes)} since`],
  ];
  return rows.map(([name, value]) => toLine([pc.dim(name), value], [10])).join('\n');
}

function toName({ who, id }: SessionFacts): string {
  return toPrintable(`${who ?? '-'} ${shortenId(id)}`);
}

function toJson({ largest, oldest, ...measures }: SessionMeasures): object {
  return { ...measures, largest: toBrief(largest), oldest: toBrief(oldest) };
}

function toBrief(facts: SessionFacts | undefined): object | null {
  if (!facts) return null;
  const { id, who = null, created, size } = facts;
  return { id: shortenId(id), who, created: toDate(created), size };
}

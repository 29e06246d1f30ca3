import { inspect } from 'node:util';
import type { CAC } from 'cac';
import pc from 'picocolors';
import { findAmongAll, isMcpClient, type SessionFacts } from '../care/sessions.ts';
import { formatClient, maskClient, readClient } from '../mcp/messages/client.ts';
import { maskSecrets } from '../session/display/mask.ts';
import { shortenId } from '../session/display/short-id.ts';
import { addCareFlags, toCareOptions, toTypedId, type CareFlags } from './care-flags.ts';
import { print, toAge, toDate, toLine, toRest, toSize } from './printing.ts';
import {
  toPrintable,
  toPrintableInspection,
  toPrintableJson,
} from '../session/display/printable.ts';

interface Flags extends CareFlags {
  reveal?: boolean;
  '--'?: string[];
}

/** Adds `holdover show` to the command line. */
export function addShowCommand(cli: CAC): void {
  addCareFlags(
    cli.command(
      'show [id]',
      'Show one session, by the beginning of its id, or a value that is kept',
    ),
  )
    .option(
      '--reveal',
      'Show the whole id, also in the data, and what stands under keys like token and password',
    )
    .example('holdover show 3fK2xQ')
    .example('holdover show server/storage.ts#storage')
    .action(show);
}

/** @throws Error, in one sentence, when there is no such session and no such value, or more than one */
async function show(id: string | undefined, flags: Flags): Promise<void> {
  const typed = toTypedId(id, flags['--']);
  if (typed === undefined) throw new Error('Which one? Give its id: holdover show 3fK2xQ');
  const isKey = /[#:]/.test(typed); // as most ids have none
  if (isKey) {
    const { showKept } = await import('./state.ts');
    if (await showKept(typed, flags)) return;
  }
  const facts = await findAmongAll(typed, toCareOptions(flags));
  if (!facts)
    throw new Error(
      isKey
        ? 'Nothing is kept under that key. See: holdover ls --state'
        : 'There is no live session with that id. See: holdover ls',
    );
  print(flags.json ? toJson(facts, flags) : toText(facts, flags));
}

function toText(facts: SessionFacts, { reveal }: Flags): string {
  const { id, namespace = '?', created, lastSeen, expires, size } = facts;
  const { who = '-', data } = toShown(facts, reveal);
  const client = formatClient(readClient(facts));
  const rows = [
    isMcpClient(facts) ? ['client', toPrintable(client)] : ['who', toPrintable(who)],
    ['id', toPrintable(reveal ? id : shortenId(id))],
    ['namespace', toPrintable(namespace)],
    ['created', `${toDate(created)} (${toAge(created)})`],
    ['last seen', lastSeen === undefined ? '?' : `${toDate(lastSeen)} (${toAge(lastSeen)})`],
    ['expires', `${toDate(expires) ?? 'never'} (${toRest(expires)})`],
    ['size', toSize(size)],
  ] as [string, string][];
  const lines = rows.map(([name, value]) => toLine([pc.dim(name), value], [10]));
  const shown = inspect(data, {
    depth: 20,
    maxArrayLength: 1000,
    maxStringLength: 10_000,
    colors: pc.isColorSupported,
  });
  return [...lines, toPrintableInspection(shown)].join('\n');
}

function toJson(facts: SessionFacts, { reveal }: Flags): string {
  const { id, created, lastSeen, expires, data: _, ...rest } = facts;
  return toPrintableJson(
    {
      ...rest,
      id: reveal ? id : shortenId(id),
      created: toDate(created),
      lastSeen: toDate(lastSeen),
      expires: toDate(expires),
      ...toShown(facts, reveal),
    },
    2,
  );
}

/** What comes from the app, or from an MCP client; the id may be in it, and secrets. */
function toShown(facts: SessionFacts, reveal = false): Pick<SessionFacts, 'who' | 'data'> {
  const { id, who, data } = facts;
  if (reveal) return { who, data };
  const masked = maskSecrets({ who, data }, id) as Pick<SessionFacts, 'who' | 'data'>;
  return isMcpClient(facts) ? { ...masked, data: maskClient(masked.data) } : masked;
}

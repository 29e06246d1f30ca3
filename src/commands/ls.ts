import type { CAC } from 'cac';
import pc from 'picocolors';
import { displayPlace, resolveProject } from '../care/project.ts';
import { isMcpClient, listAll, type SessionFacts } from '../care/sessions.ts';
import { formatClient, readClient, type McpClient } from '../mcp/messages/client.ts';
import { logToTerminal } from '../options/terminal.ts';
import { shortenId } from '../session/display/short-id.ts';
import { addCareFlags, toCareOptions, toUser, type CareFlags } from './care-flags.ts';
import { print, toAge, toCount, toDate, toLine, toRest, toSize } from './printing.ts';
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
      const { listKept } = await import('./state.ts');
      listKept(flags);
    });
}

/** Lists the live sessions, the newest first, and after them those of MCP clients. */
async function ls(flags: Flags): Promise<void> {
  const resolved = resolveProject(toCareOptions(flags));
  const [sessions, clients]: [SessionFacts[], SessionFacts[]] = [[], []];
  for await (const facts of listAll(resolved, { ...toCareOptions(flags), ...toUser(flags) }))
    (isMcpClient(facts) ? clients : sessions).push(facts);
  for (const list of [sessions, clients]) list.sort((a, b) => b.created - a.created);
  if (flags.json) {
    const all = [...sessions.map((facts) => toJson(facts)), ...clients.map(toClientJson)];
    return print('[', ...(all.length > 0 ? [all.join('\n,')] : []), ']');
  }
  const titles = sessions.length === 0 ? [] : [pc.bold(toLine(TITLES, WIDTHS))];
  print(...titles, ...sessions.map(toRow), ...toClientRows(clients, sessions.length));
  const beside = clients.length === 0 ? '' : ` and ${toCount(clients.length, 'MCP client')}`;
  logToTerminal(`${toCount(sessions.length)}${beside} in ${displayPlace(resolved)}`);
}

const TITLES = ['who', 'id', 'created', 'last seen', 'expires in', 'size'];

function toRow({ who, id, created, lastSeen, expires, size }: SessionFacts): string {
  const cells = [toPrintable(who ?? '-'), toPrintable(shortenId(id))];
  return toLine([...cells, toAge(created), toAge(lastSeen), toRest(expires), toSize(size)], WIDTHS);
}

const CLIENT_TITLES = ['MCP client', 'id', 'created', 'last used', 'expires in', 'path'];

/** @param before how many lines of sessions stand before them */
function toClientRows(clients: SessionFacts[], before: number): string[] {
  if (clients.length === 0) return [];
  const title = pc.bold(toLine(CLIENT_TITLES, WIDTHS));
  return [...(before > 0 ? [''] : []), title, ...clients.map(toClientRow)];
}

function toClientRow(facts: SessionFacts): string {
  const { id, created, lastSeen, expires } = facts;
  const client = readClient(facts);
  const times = [toAge(created), toAge(lastSeen), toRest(expires)];
  const texts = [formatClient(client), shortenId(id), ...times, client.path ?? '?'];
  return toLine(texts.map(toPrintable), WIDTHS.slice(0, -1));
}

/** A client is a session without a user, and has the member `mcp`. */
function toClientJson(facts: SessionFacts): string {
  return toJson(facts, readClient(facts));
}

function toJson(facts: SessionFacts, mcp?: McpClient): string {
  const { who, id, namespace, created, lastSeen, expires, size } = facts;
  return toPrintableJson({
    who: who ?? null,
    id: shortenId(id),
    namespace: namespace ?? null,
    created: toDate(created),
    lastSeen: toDate(lastSeen),
    expires: toDate(expires),
    size,
    ...(mcp && { mcp }),
  });
}

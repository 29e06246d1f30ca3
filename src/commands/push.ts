import type { CAC } from 'cac';
import { openPlace, toPlaceName, type PlaceName } from '../care/place.ts';
import { resolveProject } from '../care/project.ts';
import { logToTerminal } from '../options/terminal.ts';
import { toNamespace } from '../options/values.ts';
import { copySessions, type CopyCounts } from '../storage/copy/copy.ts';
import { addProjectFlag, toRoot, type ProjectFlag } from './care-flags.ts';
import { toCount } from './printing.ts';

interface Flags extends ProjectFlag {
  from?: string;
  to?: string;
  namespace?: string | string[];
  overwrite?: boolean;
}

/** Adds `holdover push` to the command line. */
export function addPushCommand(cli: CAC): void {
  addProjectFlag(cli.command('push', 'Copy the live sessions to another place, or back'))
    .option('--from <place>', 'Where they are', { default: 'filesystem' })
    .option('--to <place>', 'Where they go: redis, filesystem, a file or a module, as below')
    .option('--namespace <name>', 'Only these (repeatable); all of them otherwise')
    .option('--overwrite', 'Replace what is there with other data')
    .example('  holdover push                         to Redis, at REDIS_URL')
    .example('  holdover push --from redis            into the session directory')
    .example(
      '  holdover push --to ./keyv.js          to the Keyv that a module has as its default export',
    )
    .example(
      '  holdover push --to sessions.json      to a file of your keyv-file; it is not sealed:',
    )
    .example(
      '                                        a reader of it can be any user who is logged in',
    )
    .example('  holdover push --from sessions.json    from there into the session directory')
    .action(push);
}

/**
 * Copies the live sessions of a project, and says how many.
 *
 * @throws Error, in one sentence, when one of the places cannot be used
 */
async function push(flags: Flags): Promise<void> {
  const [from, to] = toNames(flags);
  const root = toRoot(flags);
  const source = await openPlace(from, root, true);
  const target = await openPlace(to, root, false);
  try {
    const counts = await copySessions(source, target, {
      namespaces: toNamespaces(flags) ?? (await source.namespaces()),
      isOverwriting: flags.overwrite ?? false,
    });
    logToTerminal(`${toText(counts)} from ${source.display} to ${target.display}`);
    warn(to, target.display, root);
  } finally {
    await Promise.all([source.close?.(), target.close?.()]);
  }
  const hasModule = [from, to].some(({ kind }) => kind === 'module');
  if (hasModule) process.stderr.write('', () => process.exit()); // what it has opened beside its Keyv goes on
}

function toNames({ from = 'filesystem', to }: Flags): [PlaceName, PlaceName] {
  const source = toPlaceName('--from', String(from));
  const other = source.kind === 'filesystem' ? 'redis' : 'filesystem';
  const target = toPlaceName('--to', String(to ?? other));
  if (JSON.stringify(source) === JSON.stringify(target)) {
    throw new Error(`The sessions are in ${to} already. Name another --to.`);
  }
  return [source, target];
}

function toNamespaces({ namespace }: Flags): string[] | undefined {
  if (namespace === undefined) return undefined;
  return [namespace].flat().map((name) => toNamespace('--namespace', String(name)));
}

/** What a person may not expect of the place that now has their sessions. */
function warn({ kind }: PlaceName, display: string, root: string): void {
  if (kind === 'file') {
    logToTerminal(
      `${display} is not sealed: a reader of it can be any user in it. Keep it to yourself and out of git, and remove it when you are done.`,
    );
  }
  if (kind === 'redis' && resolveProject({ root }).secrets.length === 0) {
    logToTerminal(
      "SESSION_SECRET is not set, so they are signed with this project's own key: other hosts cannot read them.",
    );
  }
}

/** `3 sessions and 1 MCP client copied · 1 was there already`. */
function toText({ copied, clients, same, kept, refused }: CopyCounts): string {
  const beside = clients === 0 ? '' : ` and ${toCount(clients, 'MCP client')}`;
  const parts = [`${toCount(copied - clients)}${beside} copied`];
  if (same > 0) parts.push(`${same} there already`);
  if (kept > 0) parts.push(`${kept} there with other data and left so (--overwrite replaces them)`);
  if (refused > 0) parts.push(`${refused} logged out there`);
  return parts.join(' · ');
}

import { existsSync } from 'node:fs';
import type { CAC } from 'cac';
import { displayPlace, resolveProject } from '../care/project.ts';
import { type Options, type ResolvedOptions } from '../options.ts';
import { logToTerminal } from '../options/terminal.ts';
import { toType } from '../options/values.ts';
import { copySessions, type CopyCounts } from '../storage/copy/copy.ts';
import { openStorage } from '../storage/open.ts';
import { surveyNamespaces } from '../storage/survey/survey.ts';

interface Flags {
  from?: string;
  to?: string;
  namespace?: string | string[];
  overwrite?: boolean;
}

type Place = 'filesystem' | 'redis';

/** Adds `holdover push` to the command line. */
export function addPushCommand(cli: CAC): void {
  cli
    .command('push', 'Copy the live sessions to Redis, or back into the directory')
    .option('--from <type>', 'Where they are: filesystem or redis', { default: 'filesystem' })
    .option('--to <type>', 'Where they go: the other one')
    .option('--namespace <name>', 'Only these (repeatable); all of them otherwise')
    .option('--overwrite', 'Replace what is there with other data')
    .example('holdover push')
    .example('holdover push --from redis')
    .action(push);
}

/**
 * Copies the live sessions of the project in the current directory, and says how many.
 *
 * @throws Error, in one sentence, when one of the places cannot be used
 */
async function push(flags: Flags): Promise<void> {
  const [from, to] = toPlaces(flags);
  const root = process.cwd(); // the project is where the command is run
  const resolve = (options: Options): ResolvedOptions => resolveProject({ root, ...options });
  const [source, target] = [resolve({ type: from }), resolve({ type: to })];
  const namespaces = await toNamespaces(flags, source);
  const total: CopyCounts = { copied: 0, same: 0, kept: 0, refused: 0 };
  for (const namespace of namespaces) {
    const counts = await copySessions(
      openStorage(resolve({ type: from, namespace })),
      openStorage(resolve({ type: to, namespace })),
      flags.overwrite ?? false,
    );
    for (const kind of Object.keys(total) as (keyof CopyCounts)[]) total[kind] += counts[kind];
  }
  logToTerminal(`${toText(total)} from ${displayPlace(source)} to ${displayPlace(target)}`);
  if (to === 'redis' && target.secrets.length === 0) {
    logToTerminal(
      "SESSION_SECRET is not set, so they are signed with this project's own key: other hosts cannot read them.",
    );
  }
}

function toPlaces({ from = 'filesystem', to }: Flags): [Place, Place] {
  const source = toPlace('--from', from);
  const target = to === undefined ? otherThan(source) : toPlace('--to', to);
  if (source === target)
    throw new Error(`The sessions are in ${source} already. Name another --to.`);
  return [source, target];
}

function toPlace(flag: string, value: string): Place {
  const type = toType(flag, value);
  if (type !== 'memory') return type;
  throw new Error(`${flag} is memory, which ends with its process. Name filesystem or redis.`);
}

function otherThan(place: Place): Place {
  return place === 'redis' ? 'filesystem' : 'redis';
}

async function toNamespaces(flags: Flags, source: ResolvedOptions): Promise<string[]> {
  if (flags.namespace !== undefined) return [flags.namespace].flat().map(String);
  if (source.type === 'filesystem' && !existsSync(source.directory)) {
    throw new Error(
      `There is no session directory ${source.displayDirectory}. Nothing was copied.`,
    );
  }
  return surveyNamespaces(source);
}

/** `3 sessions copied · 1 was there already`. */
function toText({ copied, same, kept, refused }: CopyCounts): string {
  const parts = [`${copied} ${copied === 1 ? 'session' : 'sessions'} copied`];
  if (same > 0) parts.push(`${same} there already`);
  if (kept > 0) parts.push(`${kept} there with other data and left so (--overwrite replaces them)`);
  if (refused > 0) parts.push(`${refused} logged out there`);
  return parts.join(' · ');
}

import type { CAC } from 'cac';
import { planClear, planPrune, type Removal } from '../care/removal.ts';
import { logToTerminal } from '../options/terminal.ts';
import { toPrintable } from '../session/display/printable.ts';
import { ask, canAsk } from './ask.ts';
import { addCareFlags, toCareOptions, toUser, type CareFlags } from './care-flags.ts';
import { toCount } from './printing.ts';

interface Flags extends CareFlags {
  user?: string;
  yes?: boolean;
  state?: boolean;
}

/** Adds `holdover clear` to the command line. */
export function addClearCommand(cli: CAC): void {
  addCareFlags(cli.command('clear [key]', "Log out: remove this project's sessions"))
    .option('--user <name>', 'Only those of this user')
    .option('--state', 'Forget what is kept of the memory of the app instead, all or one key')
    .option('--yes', 'Do not ask')
    .example('holdover clear --user ada')
    .example('holdover clear --state server/storage.ts#storage')
    .action(async (key: string | undefined, flags: Flags) => {
      if (key !== undefined && !flags.state)
        throw new Error(`${toPrintable(String(key))} is no flag. To forget a kept value: --state`);
      if (!flags.state) return clear(flags);
      const { clearKept } = await import('./state.ts');
      await clearKept(key, flags);
    });
}

/**
 * Removes sessions, after it has said how many, and asked.
 *
 * @throws Error, in one sentence, when there is nobody to ask and no --yes
 */
async function clear(flags: Flags): Promise<void> {
  const user = toUser(flags);
  const plan = await planClear({ ...toCareOptions(flags), ...user });
  const whose = user.user === undefined ? '' : ` of ${toPrintable(user.user)}`;
  const found = `${toCount(plan.count)}${whose}${toClients(plan)} in ${plan.place}${toAside(plan)}`;
  const isEmpty = plan.count + plan.clients + plan.others + plan.aside === 0;
  if (isEmpty || flags.yes) logToTerminal(found);
  if (isEmpty) return report(flags, 0);
  if (!flags.yes && !(await isConfirmed(found))) {
    logToTerminal('Nothing was removed.');
    return;
  }
  report(flags, await remove(plan));
}

function report({ json }: Flags, removed: number): void {
  if (json) process.stdout.write(`${JSON.stringify({ removed })}\n`);
}

async function isConfirmed(found: string): Promise<boolean> {
  if (canAsk()) return ask(`${found}. Remove them?`);
  throw new Error(`${found}. Nothing was removed: say --yes, as there is no terminal to ask on.`);
}

/** Adds `holdover prune` to the command line. */
export function addPruneCommand(cli: CAC): void {
  addCareFlags(cli.command('prune', 'Remove what has expired')).action(prune);
}

/** Removes what has expired, after it has said how many. */
async function prune(flags: CareFlags): Promise<void> {
  const plan = await planPrune(toCareOptions(flags));
  const expired = `${toCount(plan.count, 'expired session')}${toClients(plan, 'expired MCP client')}`;
  logToTerminal(`${expired} in ${plan.place}${toAside(plan)}`);
  const isEmpty = plan.count + plan.clients + plan.others + plan.aside === 0;
  const removed = isEmpty ? 0 : await remove(plan);
  if (flags.json) process.stdout.write(`${JSON.stringify({ removed })}\n`);
}

/** Removes what is planned, and says how much that was. */
async function remove(plan: Removal): Promise<number> {
  const removed = await plan.remove();
  const isMixed = plan.others + plan.clients > 0;
  logToTerminal(`${toCount(removed, isMixed ? 'record' : 'session')} removed`);
  return removed;
}

/** Returns ` and 2 MCP clients`, or an empty text if there are none. */
function toClients({ clients }: Removal, noun = 'MCP client'): string {
  return clients === 0 ? '' : ` and ${toCount(clients, noun)}`;
}

/** Returns what else is removed with the sessions, or an empty text. */
function toAside({ aside, others }: Removal): string {
  const tokens =
    others === 0 ? '' : `, with ${toCount(others, 'record')} of tokens, grants and clients`;
  return aside === 0 ? tokens : `${tokens}, and ${toCount(aside, 'record')} that could not be read`;
}

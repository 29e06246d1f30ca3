import type { CAC } from 'cac';
import { planPrune } from '../../care/removal.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { addCareFlags, toCareOptions, type CareFlags } from '../care-flags.ts';
import { remove, toAside, toClients } from './remove.ts';
import { toCount } from '../text.ts';

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

import type { Removal } from '../../care/removal.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { Progress } from '../progress.ts';
import { toCount } from '../text.ts';

/** Removes, and shows how far it has come. */
export async function remove(plan: Removal): Promise<number> {
  const progress = new Progress('removed');
  const removed = await plan.remove((done) => progress.at(done)).finally(() => progress.end());
  const isMixed = plan.others + plan.clients > 0;
  logToTerminal(`${toCount(removed, isMixed ? 'record' : 'session')} removed`);
  return removed;
}

/** ` and 2 MCP clients`; nothing when there are none. */
export function toClients({ clients }: Removal, noun = 'MCP client'): string {
  return clients === 0 ? '' : ` and ${toCount(clients, noun)}`;
}

/** What is said of the records that go with the sessions; nothing when there are none. */
export function toAside({ aside, others }: Removal): string {
  const tokens =
    others === 0 ? '' : `, with ${toCount(others, 'record')} of tokens, grants and clients`;
  return aside === 0 ? tokens : `${tokens}, and ${toCount(aside, 'record')} that could not be read`;
}

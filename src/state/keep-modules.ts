import { notice } from '../options/notice.ts';
import { showKeptModules } from './reach/hooks.ts';
import { offerAhead } from './standby.ts';
import { readAhead, startKeeping, type Keeping } from './start.ts';

/** From now on what is named of the modules of this process is kept, as they are evaluated. */
export function keepModules(keeping: Keeping): void {
  const { root, keep } = keeping;
  startKeeping(keeping);
  const putHooksLast = showKeptModules({ root, keep, say: notice });
  offerAhead({ read: readAhead, putHooksLast });
}

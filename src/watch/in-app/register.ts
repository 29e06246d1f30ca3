import { reportToTerminal } from '../../adopt/held-over/announce.ts';
import { adoptedStores } from '../../adopt/adopted.ts';
import { adoptMemoryStores } from '../../adopt/memory-stores.ts';
import { noteUnadopted } from '../../adopt/notes.ts';
import { openResolved } from '../../adopt/open-sessions.ts';
import { holdMcpSessions } from '../../mcp/hook/hook.ts';
import { resolveLeftAlone, resolveOptions, toNamespaceBelow } from '../../options.ts';
import { logOnce } from '../../options/terminal.ts';
import { toRealPath } from '../../options/project.ts';
import { resolveSupervised } from '../../options/supervision.ts';
import { MCP_CLIENTS } from '../../session/logins.ts';
import type { Sessions } from '../../session/sessions.ts';

/** Adopts what the app keeps sessions in, under `holdover watch` or any other restarter. */
export async function register(): Promise<void> {
  const leftAlone = resolveLeftAlone({ onFault: logOnce });
  if (leftAlone === undefined) {
    adoptedStores.openWith(openBelow);
    adoptMemoryStores(process.argv[1]);
    holdMcpSessions(() => openBelow(MCP_CLIENTS));
    await keepNamed();
  } else noteUnadopted(leftAlone);
  if (resolveSupervised()) {
    const { takePart } = await import('./take-part.ts');
    takePart();
  } else reportToTerminal();
}

function openBelow(name: string): Sessions {
  const options = resolveOptions({}, { onFault: logOnce });
  return openResolved({ ...options, namespace: toNamespaceBelow(options, name) });
}

/** Nothing of it is loaded where nothing is named. */
async function keepNamed(): Promise<void> {
  const { root, keep, ...storage } = resolveOptions({}, { onFault: logOnce });
  const [, entry] = process.argv;
  if (keep.length === 0 || entry === undefined) return;
  const { keepModules } = await import('../../state/keep-modules.ts');
  keepModules({ root, entry: toRealPath(entry), storage: { root, ...storage }, keep });
}

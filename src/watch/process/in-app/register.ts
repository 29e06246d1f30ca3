import { adoptedStores } from '../../../adopt/adopted.ts';
import { reportToTerminal } from '../../../adopt/held-over/announce.ts';
import { adoptMemoryStores } from '../../../adopt/memory-stores.ts';
import { noteUnadopted } from '../../../adopt/notes.ts';
import { openResolved } from '../../../adopt/open-sessions.ts';
import { holdMcpSessions } from '../../../mcp/hook/hook.ts';
import {
  isProductionEnvironment,
  type ResolvedOptions,
  resolveLeftAlone,
  resolveOptions,
  toNamespaceBelow,
} from '../../../options.ts';
import { refuseInOneLine } from '../../../options/misconfiguration.ts';
import { toRealPath } from '../../../options/project.ts';
import { logOnce } from '../../../options/terminal.ts';
import { MCP_CLIENTS } from '../../../session/logins.ts';
import type { Sessions } from '../../../session/sessions.ts';
import { preloadInWorkers } from '../../descendants/in-app/preload-workers.ts';
import { resolveSupervised } from '../../supervision.ts';

/** Adopts what the app keeps sessions in, under `holdover watch` or any other restarter. */
export async function register(): Promise<void> {
  const isSupervised = resolveSupervised(); // first: it also reads what `--keep` names
  const faults: string[] = [];
  const leftAlone = resolveLeftAlone({ onFault: (sentence) => faults.push(sentence) });
  if (leftAlone === undefined) {
    adoptedStores.openWith(openBelow);
    adoptMemoryStores(process.argv[1]);
    holdMcpSessions(() => openBelow(MCP_CLIENTS));
    await keepNamed();
  } else {
    faults.forEach(logOnce);
    noteUnadopted(leftAlone);
  }
  preloadInWorkers();
  if (isSupervised) {
    const { takePart } = await import('./supervised.ts');
    takePart();
  } else reportToTerminal();
}

function openBelow(name: string): Sessions {
  return refuseInOneLine(() => {
    const options = resolveAdopted();
    return openResolved({ ...options, namespace: toNamespaceBelow(options, name) });
  });
}

/** A type that is named in production asks for holdover: what cannot be used is refused there. */
function resolveAdopted(): ResolvedOptions {
  return resolveOptions({}, isProductionEnvironment() ? {} : { onFault: logOnce });
}

/** Nothing of it is loaded where nothing is named. */
async function keepNamed(): Promise<void> {
  const { root, keep, ...storage } = refuseInOneLine(resolveAdopted);
  const [, entry] = process.argv;
  if (keep.length === 0 || entry === undefined) return;
  const { keepModules } = await import('../../../state/reach/hooks.ts');
  keepModules({ root, entry: toRealPath(entry), storage: { root, ...storage }, keep });
}

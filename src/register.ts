/**
 * `node --import holdover/register app.js`: adopts the in-memory session stores of the app's
 * frameworks, so that sessions survive every restart. Nothing else changes, and nothing happens in an
 * app that has none, that brings its own store, or that runs with NODE_ENV=production or test (unless
 * SESSION_TYPE names what sessions are kept in).
 */
import { hideOwnPackages } from './storage/own-packages.ts'; // first: it sees what comes after it
import { reportToTerminal } from './adopt/held-over/announce.ts';
import { adoptedStores } from './adopt/adopted.ts';
import { adoptMemoryStores } from './adopt/memory-stores.ts';
import { noteUnadopted } from './adopt/notes.ts';
import { openResolved } from './adopt/open-sessions.ts';
import { holdMcpSessions } from './mcp/hook/hook.ts';
import { resolveLeftAlone, resolveOptions, toNamespaceBelow } from './options.ts';
import { logOnce } from './options/terminal.ts';
import { toRealPath } from './options/project.ts';
import { resolveSupervised } from './options/supervision.ts';
import { MCP_CLIENTS } from './session/logins.ts';

/** Nothing of it is loaded where nothing is named. */
async function keepNamed(): Promise<void> {
  const { root, keep, ...storage } = resolveOptions({}, { onFault: logOnce });
  const [, entry] = process.argv;
  if (keep.length === 0 || entry === undefined) return;
  const { keepModules } = await import('./state/keep-modules.ts');
  keepModules({ root, entry: toRealPath(entry), storage: { root, ...storage }, keep });
}

hideOwnPackages();
const leftAlone = resolveLeftAlone({ onFault: logOnce });
if (leftAlone === undefined) {
  adoptedStores.openWith((name) => {
    const options = resolveOptions({}, { onFault: logOnce });
    return openResolved({ ...options, namespace: toNamespaceBelow(options, name) });
  });
  adoptMemoryStores(process.argv[1]);
  holdMcpSessions(() => {
    const options = resolveOptions({}, { onFault: logOnce });
    return openResolved({ ...options, namespace: toNamespaceBelow(options, MCP_CLIENTS) });
  });
  await keepNamed();
} else noteUnadopted(leftAlone);
if (resolveSupervised()) {
  const { takePart } = await import('./watch/in-app/take-part.ts');
  takePart();
} else reportToTerminal();

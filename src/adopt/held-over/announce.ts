import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import { logToTerminal } from '../../options/terminal.ts';
import { countSessions } from '../../storage/survey/count.ts';
import { formatHeldOver } from './format-held-over.ts';
import { onStoreOpened, type OpenedStore } from './opened.ts';

/** How many session files are looked at for the line at the start. */
const COUNT_LIMIT = 500;

const collected = new Map<string, string[]>();

/**
 * Says in one line how many sessions were held over and from where, once for each place, when the
 * modules of the app have been evaluated: its own start comes first.
 */
export function reportToTerminal(): void {
  if (cluster.isWorker || !isMainThread) return; // the first process says it
  onStoreOpened((store) => {
    const place = store.type === 'filesystem' ? store.directory : store.display;
    const known = collected.get(place);
    if (known) {
      known.push(store.namespace);
      return;
    }
    const namespaces = [store.namespace];
    collected.set(place, namespaces);
    if (store.isNew) return; // that was said, and nothing is in it
    setTimeout(() => {
      toStartLine(store, namespaces).then(logToTerminal, (error: Error) =>
        logToTerminal(`The stored sessions could not be counted: ${error.message}`),
      );
    }, 0).unref();
  });
}

/** Those in Redis are not counted: others keep theirs there too, and a listing looks at all of them. */
async function toStartLine(store: OpenedStore, namespaces: string[]): Promise<string> {
  const { type, directory, fingerprint, display } = store;
  if (type !== 'filesystem') return formatKept(display);
  const counted = countSessions({ directory, namespaces, fingerprint, limit: COUNT_LIMIT });
  return `${formatHeldOver(await counted)} from ${display}`;
}

/** `sessions are kept in redis://localhost:6379`. */
export function formatKept(display: string): string {
  return `sessions are kept in ${display}`;
}

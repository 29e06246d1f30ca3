import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import { logToTerminal } from '../options.ts';
import { countSessions } from '../storage/count.ts';
import { formatHeldOver } from './format-held-over.ts';
import { onStoreOpened, type OpenedStore } from './opened.ts';

/** How many session files are looked at for the line at the start. */
const COUNT_LIMIT = 500;

const collected = new Map<string, string[]>();

/**
 * Says in one line how many sessions were held over and from where, once for each directory, when
 * the modules of the app have been evaluated: its own start comes first.
 */
export function reportToTerminal(): void {
  if (cluster.isWorker || !isMainThread) return; // the first process says it
  onStoreOpened((store) => {
    const known = collected.get(store.directory);
    if (known) {
      known.push(store.namespace);
      return;
    }
    const namespaces = [store.namespace];
    collected.set(store.directory, namespaces);
    if (store.isNew) return; // that was said, and nothing is in it
    setTimeout(() => {
      toHeldOver(store, namespaces).then(
        (heldOver) => logToTerminal(`${heldOver} from ${store.displayDirectory}`),
        (error: Error) =>
          logToTerminal(`The stored sessions could not be counted: ${error.message}`),
      );
    }, 0).unref();
  });
}

async function toHeldOver(store: OpenedStore, namespaces: string[]): Promise<string> {
  const { directory, fingerprint } = store;
  return formatHeldOver(
    await countSessions({ directory, namespaces, fingerprint, limit: COUNT_LIMIT }),
  );
}

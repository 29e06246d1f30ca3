import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import { logToTerminal } from '../../options/terminal.ts';
import { toStartLine } from './describe.ts';
import { onStoreOpened, type OpenedStore } from './opened.ts';

/** How many session files are looked at for the line at the start. */
const COUNT_LIMIT = 500;

const collected = new Map<string, OpenedStore[]>();

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
      known.push(store);
      return;
    }
    const stores = [store];
    collected.set(place, stores);
    if (store.isNew) return; // that was said, and nothing is in it
    setTimeout(async () => {
      const line = await toStartLine(stores, COUNT_LIMIT);
      if (line) logToTerminal(line);
    }, 0).unref();
  });
}

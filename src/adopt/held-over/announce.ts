import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import { logToTerminal } from '../../options/terminal.ts';
import { addValues, NO_VALUES, onStateRehydrated, type ValuesPutBack } from '../../state/told.ts';
import { toStartLine } from './describe.ts';
import { isOfClients, onStoreOpened, type OpenedStore } from './opened.ts';

const collected = new Map<string, OpenedStore[]>();

/** What is to be said yet: of stores by their places, and of values that were put back. */
let untold: { places: OpenedStore[][]; values: ValuesPutBack } | undefined;

/**
 * Says in one line how many sessions were held over and from where, once for each place, when the
 * modules of the app have been evaluated: its own start comes first. Values of its memory are counted in
 * the first line.
 */
export function reportToTerminal(): void {
  if (cluster.isWorker || !isMainThread) return; // the first process says it
  onStoreOpened((store) => {
    const where = store.type === 'filesystem' ? store.directory : store.display;
    const place = isOfClients(store) ? `${where}\nMCP` : where; // opened when the first of them comes
    const known = collected.get(place);
    if (known) {
      known.push(store);
      return;
    }
    const stores = [store];
    collected.set(place, stores);
    if (!store.isNew) toTell().places.push(stores); // of a new one that was said, and nothing is in it
  });
  onStateRehydrated((values) => {
    const next = toTell();
    next.values = addValues(next.values, values);
  });
}

/** What is said next. */
function toTell(): NonNullable<typeof untold> {
  if (!untold) setTimeout(() => void tell(), 0).unref();
  untold ??= { places: [], values: NO_VALUES };
  return untold;
}

async function tell(): Promise<void> {
  const { places = [], values = NO_VALUES } = untold ?? {};
  untold = undefined;
  const [first = [], ...others] = places;
  const lines = [toStartLine(first, values)];
  for (const stores of others) lines.push(toStartLine(stores));
  for (const line of await Promise.all(lines)) if (line) logToTerminal(line);
}

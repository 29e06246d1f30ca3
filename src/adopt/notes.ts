import { createDebug } from 'obug';
import { resolveOptions, type ResolvedOptions } from '../options.ts';
import { findRequest, toText } from '../history/seen-requests.ts';
import type { HistoryWriter } from '../history/writer.ts';
import { currentHost } from './host.ts';

const debug = createDebug('holdover:history');

/** Notes that a framework has got a store of ours. */
export function noteStore(framework: string, how: 'adopted' | 'named'): void {
  note((writer) => writer.add(() => ({ at: Date.now(), what: 'store', framework, how })));
}

/**
 * Notes that the store of a framework is left alone, and why.
 *
 * @param lasts whether its sessions outlast the process, where that is known
 */
export function noteLeftAlone(framework: string, reason: string, lasts?: boolean): void {
  note((writer) =>
    writer.add(() => ({ at: Date.now(), what: 'left alone', framework, reason, lasts })),
  );
}

/** Notes that no memory store is adopted, and why. */
export function noteUnadopted(reason: string): void {
  noteLeftAlone('the app', reason, false);
}

/**
 * Notes that a session names a user that the app does not know, so that it counts as logged out.
 *
 * @param file has the users, where it is known
 */
export function noteMissingUser(id: string, file: string | undefined): void {
  const at = Date.now();
  const request = findRequest(id);
  const miss = { what: 'missed', because: 'user missing', detail: file } as const;
  const by = request && toText(request);
  note((writer) => writer.add((hash) => ({ at, ...miss, id: hash(id), by })));
}

/**
 * Has something noted, in development, for `holdover why` and `doctor`. What writes it is loaded when there is time: an app
 * that starts does not wait for it.
 */
export function note(write: (writer: HistoryWriter) => void): void {
  const options = findOptions();
  if (!options || options.isProduction) return;
  import('../history/writer.ts')
    .then(({ openHistoryWriter }) => write(openHistoryWriter(options)))
    .catch((error: unknown) => debug('that cannot be noted: %o', error));
}

/** Returns the options of the app, or `undefined` where they cannot be used, which is said elsewhere. */
export function findOptions(): ResolvedOptions | undefined {
  try {
    const host = currentHost();
    const onFault = (): void => {}; // said where it is needed
    return host
      ? resolveOptions({}, { entry: host.root, isProduction: false, onFault })
      : resolveOptions({}, { onFault });
  } catch (error) {
    debug('that cannot be noted: %o', error);
    return undefined;
  }
}

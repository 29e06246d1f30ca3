import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { subscribe } from 'node:diagnostics_channel';
import { isMainThread } from 'node:worker_threads';
import { onStoreOpened } from '../../../adopt/held-over/opened.ts';
import { chooseMethod } from '../../../loader/choose-method.ts';
import { reportDependencies } from '../../supervision.ts';
import { thinOutReports } from '../../changes/in-app/quiet-package-reports.ts';
import { send } from '../../in-app/channel.ts';
import { isOurs, type ChildMessage } from '../../protocol.ts';
import { openThreads, postMessage, toAppFile } from './threads.ts';
import { reportImports } from './import-hook.ts';
import { beWorker, drainWorkers, hearForked } from './workers.ts';

export { drainWorkers };

/**
 * Passes on to the supervisor what the worker threads of the app and the processes that it has forked
 * load. Those speak on channels that the app does not see: a `BroadcastChannel` of this process, and
 * internal messages of Node.
 */
export function hearDescendants(): void {
  openThreads().addEventListener('message', (event) => {
    void send((event as unknown as { data: ChildMessage }).data);
  });
  tellOfForked(send);
}

/**
 * What a worker thread or a forked process of the app does: it tells what it loads. One with `execArgv` of
 * its own does not come here.
 */
export function beDescendant(): void {
  const isThread = !isMainThread;
  if (!isThread && !process.send) return; // nobody can be told
  const tell = isThread ? postMessage : send;
  const tellLoaded = (names: string[]): void => void tell({ holdover: 'loaded', names });
  onStoreOpened((store) => void tell({ holdover: 'store', store }));
  chooseMethod('load', ({ id }) => {
    const file = toAppFile(id);
    if (file) tellLoaded([file]);
    return undefined;
  });
  if (isThread) {
    reportImports();
    tellOfForked(tell);
  } else {
    thinOutReports((report) => tellLoaded(Object.values(report).flat()));
    reportDependencies();
    hearDescendants();
    if (cluster.isWorker) beWorker();
  }
}

/** Every child process has such a channel; only one that runs Node, and our hooks, uses it for this. */
function tellOfForked(tell: (message: ChildMessage) => unknown): void {
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    child.on('internalMessage', (said: unknown) => {
      if (isOurs(said) && !hearForked(child, said)) tell(said);
    });
  });
}

import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { onStoreOpened } from '../../../adopt/held-over/opened.ts';
import { chooseMethod } from '../../../loader/choose-method.ts';
import { thinOutReports } from '../../changes/in-app/quiet-package-reports.ts';
import { type Draining, drainWorker } from '../../drain/in-app/drain.ts';
import { hearSupervisor, send } from '../../process/in-app/channel.ts';
import { type ChildMessage, INTERNAL, isOurs, HEARS_WITHIN } from '../../protocol.ts';
import { hearServers, tellListening, watchSessions } from '../../sockets/in-app/hold-sockets.ts';
import { reportDependencies } from '../../supervision.ts';
import { openThreads, postMessage, reportImports, toAppFile } from './import-hook.ts';

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

/** How often to look whether the workers are done, in milliseconds. */
const LOOK_EVERY = 5;

/** What processes that the app has forked, and that have our hooks, have said of their draining. */
const forked = new WeakMap<ChildProcess, Set<'draining' | 'drained'>>();

/**
 * Hears what a process says that the app has forked.
 *
 * @returns whether it is said to this process, and not to the supervisor
 */
export function hearForked(child: ChildProcess, { holdover: name }: ChildMessage): boolean {
  const said = forked.get(child) ?? new Set();
  forked.set(child, said);
  if (name !== 'draining' && name !== 'drained') return false;
  said.add(name);
  return true;
}

/**
 * Has the workers answer what is in flight, and ends those that do not hear it.
 *
 * @returns resolved when nothing is in flight any more
 */
export async function drainWorkers(): Promise<void> {
  const workers = Object.values(cluster.workers ?? {}).flatMap((worker) => {
    const said = worker && forked.get(worker.process);
    return said ? { worker: worker.process, said } : [];
  });
  for (const { worker } of workers) {
    // It may be about to leave.
    if (worker.connected) worker.send({ ...INTERNAL, holdover: 'drain' }, () => {});
  }
  const patience = performance.now() + HEARS_WITHIN;
  const isBusy = ({ worker, said }: (typeof workers)[number]): boolean =>
    worker.connected &&
    !said.has('drained') &&
    (said.has('draining') || performance.now() < patience);
  while (workers.some(isBusy)) await delay(LOOK_EVERY);
  for (const { worker, said } of workers) if (!said.has('draining')) worker.kill();
}

/** What a worker of a cluster does: its primary does not listen itself, and accepts for it. */
export function beWorker(): void {
  const servers: Draining[] = [];
  // Its primary cannot pass a connection on.
  const pass = (): undefined => undefined;
  hearServers((server) => {
    servers.push({ server, closeSessions: watchSessions(server), pass });
  });
  tellListening(() => {});
  hearSupervisor({ drain: () => void drainWorker(servers) });
}

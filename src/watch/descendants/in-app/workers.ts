import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { drainWorker, type Draining } from '../../drain/in-app/drain.ts';
import { hearSupervisor } from '../../in-app/channel.ts';
import { INTERNAL, type ChildMessage } from '../../protocol.ts';
import { hearServers, tellListening, watchSessions } from '../../sockets/in-app/hold-sockets.ts';

/** How often to look whether the workers are done, in milliseconds. */
const LOOK_EVERY = 5;

/** How long a worker may take to hear that it is to drain, in milliseconds: one in a loop never does. */
const HEARS_WITHIN = 1000;

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

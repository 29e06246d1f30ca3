import { resolveHold } from '../../options/supervision.ts';
import { drainOnRestart } from './drain.ts';
import { holdSockets } from './held-sockets.ts';
import { prepareAsTold } from './prepare.ts';
import { reportToSupervisor } from './report.ts';
import { standBy } from './standby.ts';

/** What a process does that `holdover watch` has started. */
export async function takePart(): Promise<void> {
  if (resolveHold()) {
    const sockets = holdSockets() ?? (await import('./ask-to-listen.ts')).askToListen();
    drainOnRestart(sockets);
  }
  reportToSupervisor();
  prepareAsTold();
  standBy(); // last: the supervisor hears that it may speak
}

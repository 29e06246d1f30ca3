import { resolveHold } from '../../options/supervision.ts';
import { send } from './channel.ts';
import { drainOnRestart } from './drain.ts';
import { holdSockets } from './held-sockets.ts';
import { prepareAsTold } from './prepare.ts';
import { reportToSupervisor } from './report.ts';
import { standBy } from './standby.ts';

/** What a process does that `holdover watch` has started. */
export function takePart(): void {
  if (resolveHold()) {
    const sockets = holdSockets();
    if (sockets) drainOnRestart(sockets);
    else void send({ holdover: 'cannot-hold' });
  }
  reportToSupervisor();
  prepareAsTold();
  standBy(); // last: the supervisor hears that it may speak
}

import { resolveHold } from '../../options/supervision.ts';
import { onSupervisorMessage, send } from './channel.ts';
import { drainOnRestart } from '../drain/in-app/drain.ts';
import { holdSockets } from '../sockets/in-app/hold-sockets.ts';
import { prepare } from '../standby/in-app/prepare.ts';
import { reportToSupervisor } from '../report/in-app/tell-supervisor.ts';
import { standBy } from '../standby/in-app/wait-for-go.ts';

/** What a process does that `holdover watch` has started. */
export function takePart(): void {
  if (resolveHold()) {
    const sockets = holdSockets();
    if (sockets) drainOnRestart(sockets);
    else void send({ holdover: 'cannot-hold' });
  }
  reportToSupervisor();
  onSupervisorMessage((message) => {
    if (message.holdover === 'prepare') prepare(message.preparation);
  });
  standBy(); // last: the supervisor hears that it may speak
}

import { resolveHold } from '../../options/supervision.ts';
import { drain } from '../drain/in-app/drain.ts';
import { endWithSupervisor, watchChannel } from '../process/in-app/tie-to-supervisor.ts';
import { reportToSupervisor } from '../sockets/in-app/listening.ts';
import { holdSockets, socketHandlers } from '../sockets/in-app/hold-sockets.ts';
import { prepare } from '../standby/in-app/prepare.ts';
import { go } from '../standby/in-app/wait-for-go.ts';
import { hearSupervisor, send } from './channel.ts';

/** What a process does that `holdover watch` has started. */
export function takePart(): void {
  const sockets = resolveHold() ? holdSockets() : undefined;
  if (resolveHold() && !sockets) void send({ holdover: 'cannot-hold' });
  reportToSupervisor();
  endWithSupervisor();
  hearSupervisor({
    prepare: ({ preparation }) => prepare(preparation),
    ...socketHandlers,
    go({ forgotten }) {
      watchChannel();
      go(forgotten);
    },
    drain: () => void (sockets && drain(sockets)),
  });
  void send({ holdover: 'ready' }); // last: it hears all that is said from now on
}

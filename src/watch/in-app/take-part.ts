import { onNotice } from '../../options/notice.ts';
import { onStoreOpened } from '../../adopt/held-over/opened.ts';
import { forgetState, onStateRehydrated } from '../../state/told.ts';
import { sign } from '../asking/in-app/answers.ts';
import { onUncaughtError } from '../crash/in-app/uncaught-error.ts';
import { drainWorkers, hearDescendants } from '../descendants/in-app/descendants.ts';
import { drain } from '../drain/in-app/drain.ts';
import { watchTerminal } from '../input/in-app/app-terminal.ts';
import { tieToSupervisor, watchChannel } from '../process/in-app/tie-to-supervisor.ts';
import { holdSockets, socketHandlers } from '../sockets/in-app/hold-sockets.ts';
import { endStartSoon, go, prepare } from '../standby/in-app/wait-for-go.ts';
import { toPrintable } from '../../session/display/printable.ts';
import { hearSupervisor, send } from './channel.ts';

/** What a process does that `holdover watch` has started. Nothing here keeps it alive. */
export function takePart(): void {
  const sockets = holdSockets(endStartSoon);
  onStoreOpened((store) => void send({ holdover: 'store', store }));
  onStateRehydrated((values) => void send({ holdover: 'rehydrated', values }));
  onNotice((sentence) => void send({ holdover: 'notice', sentence: toPrintable(sentence) }));
  onUncaughtError((error) => void send({ holdover: 'uncaught', error }));
  tieToSupervisor();
  hearDescendants();
  hearSupervisor({
    prepare: ({ preparation }) => prepare(preparation),
    ...socketHandlers,
    go({ forgotten, forgetState: isForgotten }) {
      if (isForgotten) forgetState();
      watchChannel();
      watchTerminal();
      go(forgotten);
    },
    answered: () => endStartSoon(),
    sign: ({ id, session }) => void sign(id, session),
    drain: () => void (sockets && drain(sockets, drainWorkers)),
  });
  void send({ holdover: 'ready' }); // last: it hears all that is said from now on
}

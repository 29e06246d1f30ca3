import { onStoreOpened } from '../../../adopt/held-over/opened.ts';
import { signCookie } from '../../../adopt/signed-cookies.ts';
import type { NamedSession } from '../../../asking/questions.ts';
import { resolveOptions } from '../../../options.ts';
import { onNotice } from '../../../options/notice.ts';
import { toPrintable } from '../../../session/display/printable.ts';
import { forgetState, onStateRehydrated } from '../../../state/told.ts';
import { isAlive } from '../../../storage/files/owners.ts';
import { onUncaughtError } from '../../crash/in-app/uncaught-error.ts';
import { drainWorkers, hearDescendants } from '../../descendants/in-app/descendants.ts';
import { drain } from '../../drain/in-app/drain.ts';
import { watchTerminal } from '../../input/in-app/app-terminal.ts';
import { holdSockets, socketHandlers } from '../../sockets/in-app/hold-sockets.ts';
import { endStartSoon, go, prepare } from '../../standby/in-app/wait-for-go.ts';
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

/** How often, and how many times, to look whether the supervisor is gone, in milliseconds. */
const LOOK_EVERY = 100;
const LOOKS = 20;

/**
 * How often to look whether the channel is closed, in milliseconds. Node tells it by 'disconnect', but
 * not while a handle that was sent is not acknowledged: a supervisor that was killed never does that.
 */
const CONNECTED_EVERY = 1000;

const supervisor = process.ppid;
let isLooking = false;

/**
 * Ends this process when its supervisor is gone: one that is killed must not leave an app behind that
 * holds its port.
 */
export function tieToSupervisor(): void {
  process.on('disconnect', endWhenGone);
  process.channel?.unref(); // the listener would keep an app alive that is done
}

/** Looks whether the channel is open, from the time on when this process may send something. */
export function watchChannel(): void {
  const timer = setInterval(() => {
    if (process.connected) return;
    clearInterval(timer);
    endWhenGone();
  }, CONNECTED_EVERY).unref();
}

function endWhenGone(): void {
  if (isLooking) return;
  isLooking = true;
  let looks = 0;
  const timer = setInterval(() => {
    if (++looks > LOOKS) clearInterval(timer); // it lives: the app has closed the channel itself
    else if (process.ppid !== supervisor || !isAlive(supervisor)) {
      clearInterval(timer);
      process.kill(process.pid, 'SIGTERM');
    }
  }, LOOK_EVERY).unref();
}

/** Tells the cookie of a session; in production nobody's. */
export async function sign(id: number, session: NamedSession): Promise<void> {
  try {
    const { isProduction } = resolveOptions({}, { onFault: () => {} });
    const cookie = isProduction ? null : await signCookie(session);
    void send({ holdover: 'signed', id, cookie });
  } catch (error) {
    void send({ holdover: 'signed', id, error: `${(error as Error).message}` });
  }
}

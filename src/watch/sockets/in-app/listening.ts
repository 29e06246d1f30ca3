import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { onStoreOpened } from '../../../adopt/opened.ts';
import { SUPERVISOR_VARIABLE } from '../../../options/supervision.ts';
import { onUncaughtError } from '../../crash/in-app/uncaught-error.ts';
import { REPORT_DEPENDENCIES } from '../../loaded-files.ts';
import { send } from '../../in-app/channel.ts';
import { heldRequests } from './held-requests.ts';
import { PROBE } from './free-port-check.ts';
import { endStart } from '../../standby/in-app/prepare.ts';
import { whenIdle } from '../../standby/in-app/idle.ts';
import { keepFromOthers } from '../../process/in-app/private-variables.ts';

/** An app that listens and is never idle has been started after this time, in milliseconds. */
const IDLE_WITHIN = 300;

/** What Node publishes of each `server.listen()`, in the turn in which it listens. */
const LISTENS = 'tracing:net.server.listen:asyncEnd';
const FAILS = 'tracing:net.server.listen:error';

/**
 * Tells the supervisor what its lines need to know: which stores the app has opened, that it listens,
 * that its port is taken, or by which error it ends. Nothing here keeps the process alive.
 */
export function reportToSupervisor(): void {
  onStoreOpened((store) => void send({ holdover: 'store', store }));
  onUncaughtError((error) => void send({ holdover: 'uncaught', error }));
  watchServers();
  keepFromOthers([SUPERVISOR_VARIABLE, ...Object.keys(REPORT_DEPENDENCIES)]);
}

/**
 * Hears of the first server that listens and goes on listening, and of those before it that cannot, by
 * the channels of Node that are there for it: the app has no listener more, and no method is another.
 */
function watchServers(): void {
  let isHeard = false;
  const hear = (server: Server, at: number): void => {
    if (isHeard || !server.listening) return;
    isHeard = true;
    unsubscribe(LISTENS, hearListening);
    unsubscribe(FAILS, reportAddressInUse);
    void send({ holdover: 'listening', at, heldRequests: heldRequests() });
    whenIdle(() => void endStart(), IDLE_WITHIN);
  };
  const hearListening = (message: unknown): void => {
    const { server } = message as { server: Server };
    setTimeout(hear, PROBE, server, Date.now()).unref();
  };
  subscribe(LISTENS, hearListening);
  subscribe(FAILS, reportAddressInUse);
}

function reportAddressInUse(message: unknown): void {
  const { error } = message as { error: NodeJS.ErrnoException & Record<string, unknown> };
  const { code, port, address } = error;
  if (code !== 'EADDRINUSE') return;
  void send({
    holdover: 'address-in-use',
    address: port === undefined || port === -1 ? String(address) : `Port ${String(port)}`,
  });
}

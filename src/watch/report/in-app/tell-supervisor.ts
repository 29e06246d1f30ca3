import { Server } from 'node:net';
import { onStoreOpened } from '../../../adopt/opened.ts';
import { SUPERVISOR_VARIABLE } from '../../../options/supervision.ts';
import { onUncaughtError } from '../../crash/in-app/uncaught-error.ts';
import { REPORT_DEPENDENCIES } from '../../changes/loaded-files.ts';
import { send } from '../../in-app/channel.ts';
import { endWithSupervisor } from '../../process/in-app/end-with-supervisor.ts';
import { heldRequests } from '../../sockets/in-app/held-requests.ts';
import { PROBE } from '../../sockets/in-app/free-port-check.ts';
import { endStart } from '../../standby/in-app/prepare.ts';
import { whenIdle } from './idle.ts';
import { keepFromOthers } from '../../process/in-app/private-variables.ts';

/** An app that listens and is never idle has been started after this time, in milliseconds. */
const IDLE_WITHIN = 300;

/**
 * Tells the supervisor what its lines need to know: which stores the app has opened, that it listens,
 * that its port is taken, or by which error it ends. Nothing here keeps the process alive.
 */
export function reportToSupervisor(): void {
  onStoreOpened((store) => void send({ holdover: 'store', store }));
  onUncaughtError((error) => void send({ holdover: 'uncaught', error }));
  watchServers();
  endWithSupervisor();
  keepFromOthers([SUPERVISOR_VARIABLE, ...Object.keys(REPORT_DEPENDENCIES)]);
}

/**
 * Hears of the first server that listens and goes on listening, and of those that cannot, without a
 * listener that the app could count: `emit` is wrapped until then, and after that is what it was.
 */
function watchServers(): void {
  const prototype = Server.prototype as { emit?: unknown };
  const { emit } = Server.prototype as { emit: (event: string, ...rest: unknown[]) => boolean };
  let isHeard = false;
  const hear = (server: Server, at: number): void => {
    if (isHeard || !server.listening) return;
    isHeard = true;
    if (prototype.emit === wrapped) delete prototype.emit;
    void send({ holdover: 'listening', at, heldRequests: heldRequests() });
    whenIdle(() => void endStart(), IDLE_WITHIN);
  };
  const wrapped = function (this: Server, event: string, ...rest: unknown[]): boolean {
    if (event === 'listening') setTimeout(hear, PROBE, this, Date.now()).unref();
    else if (event === 'error') reportAddressInUse(rest[0]);
    return emit.call(this, event, ...rest);
  };
  prototype.emit = wrapped;
}

function reportAddressInUse(error: unknown): void {
  const { code, port, address } = (error ?? {}) as NodeJS.ErrnoException & Record<string, unknown>;
  if (code !== 'EADDRINUSE') return;
  void send({
    holdover: 'address-in-use',
    address: port === undefined || port === -1 ? String(address) : `Port ${String(port)}`,
  });
}

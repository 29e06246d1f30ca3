import { Server } from 'node:net';
import { onStoreOpened } from '../adopt/opened.ts';
import { fingerprintOf } from '../storage/open.ts';
import type { ChildMessage } from './messages.ts';

/**
 * Tells the supervisor what its lines need to know: which stores the app has opened, and that it
 * listens. Nothing here keeps the process alive.
 */
export function reportToSupervisor(): void {
  onStoreOpened((store) => {
    send({ holdover: 'store', store, fingerprint: fingerprintOf(store.directory) ?? '' });
  });
  onFirstListening(() => send({ holdover: 'listening' }));
}

function send(message: ChildMessage): void {
  // Without a callback an error of a closed channel would be an 'error' event of the process.
  process.send?.(message, undefined, undefined, () => {});
}

/**
 * Hears of the first server that listens, without a listener that the app could count: `emit` is
 * wrapped until that one event, and then is what it was.
 */
function onFirstListening(hear: () => void): void {
  const prototype = Server.prototype as { emit?: unknown };
  const { emit } = Server.prototype as { emit: (event: string, ...rest: unknown[]) => boolean };
  let isHeard = false;
  const wrapped = function (this: Server, event: string, ...rest: unknown[]): boolean {
    if (event === 'listening' && !isHeard) {
      isHeard = true;
      if (prototype.emit === wrapped) delete prototype.emit;
      hear();
    }
    return emit.call(this, event, ...rest);
  };
  prototype.emit = wrapped;
}

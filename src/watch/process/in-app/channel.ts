import type { SendHandle } from 'node:child_process';
import type { Handle } from '../../handle.ts';
import {
  type ChildMessage,
  hear,
  INTERNAL,
  isOurs,
  type SupervisorHandlers,
} from '../../protocol.ts';

/**
 * Tells the supervisor something; in a process that the app has forked, the app, which passes it on.
 *
 * @returns resolved when it is with the kernel, which keeps what is written when the process ends; when
 * the supervisor is gone, too
 */
export function send(message: ChildMessage, handle?: Handle): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve();
    const internal = { ...INTERNAL, ...message };
    // Without a callback the error of a closed channel would be an 'error' event of the process.
    process.send?.(internal, handle as unknown as SendHandle, { keepOpen: true }, () => resolve());
  });
}

/**
 * Hears what the supervisor says; in a process that the app has forked, what the app says for it. The app can
 * neither see it nor count a listener for messages.
 */
export function hearSupervisor(handlers: Partial<SupervisorHandlers>): void {
  const events = process as unknown as {
    on: (event: string, listener: (message: unknown, handle?: Handle) => void) => void;
  };
  events.on('internalMessage', (message, handle) => {
    if (isOurs(message)) hear(message, handle, handlers);
  });
}

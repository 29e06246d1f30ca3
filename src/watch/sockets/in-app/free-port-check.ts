import type { Server } from 'node:net';
import type { Handle, WithHandle } from '../handle.ts';

/** How long a server may listen and still be a probe for a free port, in milliseconds. */
export const PROBE = 50;

/**
 * Whether a server may only ask whether its port is free, as tools that look for one do: nobody listens
 * for its connections. Each server of HTTP does from the start.
 */
export function mayBeProbe(server: Server): boolean {
  return server.listenerCount('connection') === 0;
}

/**
 * Waits whether the server is closed at once, as a probe is. When it is not it gets a real handle.
 *
 * @param standIn what it has listened on so far
 */
export function listenUnlessProbe(
  server: WithHandle<Server>,
  standIn: Handle,
  open: () => Handle | null,
): void {
  setTimeout(() => {
    if (server._handle !== standIn) return;
    const handle = open();
    if (!handle) return;
    // What Node has set: its own callback, and the server that it is for.
    const { onconnection } = standIn;
    for (const symbol of Object.getOwnPropertySymbols(standIn)) {
      Object.assign(handle, { [symbol]: (standIn as unknown as Record<symbol, unknown>)[symbol] });
    }
    if (onconnection) handle.onconnection = onconnection;
    server._handle = handle;
    handle.listen(511);
  }, PROBE);
}

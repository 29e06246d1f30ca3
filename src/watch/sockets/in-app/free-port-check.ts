import type { Server } from 'node:net';
import type { Handle, WithHandle } from '../../handle.ts';

/** How long a server may listen and still be a probe for a free port, in milliseconds. */
export const PROBE = 50;

/** Those that have listened for longer. */
const settled = new WeakSet<Server>();

/**
 * Whether a server may only ask whether its port is free, as tools that look for one do: nobody listens
 * for its connections. Each server of HTTP does from the start.
 */
export function mayBeProbe(server: Server): boolean {
  return server.listenerCount('connection') === 0 && !settled.has(server);
}

/**
 * Waits whether the server is closed at once, as a probe is. When it is not it gets a real handle.
 *
 * @param standIn what it has listened on so far
 * @param open gives the handle
 * @param listen listens once more, where there is none
 */
export function listenUnlessProbe(
  server: WithHandle<Server>,
  standIn: Handle,
  open: () => Handle | null,
  listen: () => unknown,
): void {
  setTimeout(() => {
    if (server._handle !== standIn) return;
    settled.add(server);
    const handle = open();
    if (!handle) return void listen();
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

import type { Server } from 'node:net';

/** Whether an app runs, and where. */
export interface Status {
  /** False while the app restarts, and after it has ended. */
  isRunning: boolean;
  /** Where the app listens, or did last: `http://localhost:3000`. `null` where that is not known. */
  url: string | null;
  host: 'watch' | 'vite';
}

/** Addresses that `localhost` leads to. */
const LOCAL = new Set(['0.0.0.0', '::', '127.0.0.1', '::1']);

/**
 * Returns where a server listens, for a browser, as `http://localhost:3000`, or undefined for a server that does not
 * speak HTTP. It looks at the methods of the server: an `instanceof` would load `node:http` before the app does.
 */
export function toUrl(server: Server): string | undefined {
  const isEncrypted = 'setSecureContext' in server;
  const isHttp = 'closeIdleConnections' in server || (isEncrypted && 'updateSettings' in server);
  const address = server.address();
  if (!isHttp || address === null || typeof address === 'string') return undefined;
  const { address: host, port, family } = address;
  const name = LOCAL.has(host) ? 'localhost' : family === 'IPv6' ? `[${host}]` : host;
  return `${isEncrypted ? 'https' : 'http'}://${name}:${port}`;
}

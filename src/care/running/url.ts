import type { Server } from 'node:net';

/** Addresses that `localhost` leads to. */
const LOCAL = new Set(['0.0.0.0', '::', '127.0.0.1', '::1']);

/**
 * `http://localhost:3000`: where a server listens, for a browser. Told from what it can do: `node:http` is loaded by
 * the app, or not at all.
 *
 * @returns `undefined` for one that is not for browsers
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

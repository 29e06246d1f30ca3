import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const OF_THE_USER =
  /^(NODE_ENV|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|DEBUG|REDIS_URL|(SESSION|HOLDOVER)_\w+)$/;

/**
 * The user's own environment shall not change what is measured, nor the benchmark the user's home. Node 20
 * reads NODE_EXTRA_CA_CERTS at every start, which may take longer than the start itself.
 */
export function toEnvironment(root) {
  const own = Object.entries(process.env).filter(([name]) => !OF_THE_USER.test(name));
  return { ...Object.fromEntries(own), XDG_STATE_HOME: join(root, 'state') };
}

/** A port that nobody listens on. */
export async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

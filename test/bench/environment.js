import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** The user's own environment shall not change what is measured, nor the benchmark the user's home. */
export function toEnvironment(root) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_ENV|NODE_OPTIONS|DEBUG|REDIS_URL|(SESSION|HOLDOVER)_\w+)$/.test(name),
  );
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

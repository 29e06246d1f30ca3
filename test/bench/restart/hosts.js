import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from './app.js';
import { Host } from './host.js';
import { packHoldover } from './packed.js';

/**
 * Makes a copy of the app for each of the restarters, started later. `close` leaves nothing behind.
 *
 * @param {{ type: 'module' | 'commonjs', size: 44 | 300, node: string }} options
 */
export async function openHosts(restarters, { node, ...kind }) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdover-bench-')));
  const hosts = [];
  const close = async () => {
    await Promise.all(hosts.map((host) => host.end()));
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  try {
    const packed = packHoldover(root);
    for (const restarter of restarters) {
      const app = await createApp(join(root, restarter.id), { ...kind, packed });
      hosts.push(new Host(restarter, app, { root, node }));
    }
    return { hosts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

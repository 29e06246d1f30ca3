import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, readAppPackages } from './app.js';
import { Host } from './host.js';
import { installPackages } from './packages.js';

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
    const modules = join(root, 'node_modules');
    installPackages(modules, readAppPackages());
    for (const restarter of restarters) {
      const app = await createApp(join(root, restarter.id), { ...kind, modules });
      hosts.push(new Host(restarter, app, { root, node }));
    }
    return { hosts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts all of them. A peer that cannot run the app is named, and left out. */
export async function startHosts(hosts) {
  const started = [];
  for (const host of hosts) {
    try {
      await host.start();
      started.push(host);
    } catch (error) {
      if (!host.restarter.peer) throw error;
      console.log(`${host.name} is left out: ${error.message}`);
      await host.end();
    }
  }
  return started;
}

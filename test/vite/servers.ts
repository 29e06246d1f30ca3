import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import * as vite8 from 'vite';
import { onTestFinished } from 'vitest';
import holdover, { type Options } from '../../src/vite.ts';
import { findFreePort } from '../support/app.ts';
import { rows } from '../support/depth.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** The versions of Vite, in this process; the older ones in the long run. */
export const VITES: { name: string; vite: typeof vite8 }[] = await Promise.all(
  rows(
    [
      { name: 'Vite 8', installedAs: 'vite' },
      { name: 'Vite 7', installedAs: 'vite7' },
      { name: 'Vite 6', installedAs: 'vite6' },
    ],
    'Vite 8',
  ).map(async ({ name, installedAs }) => ({ name, vite: await import(installedAs) })),
);

/** What a server has said, a line each, without colours. */
export interface Said {
  lines: string[];
  logger: vite8.Logger;
}

/** A project in a folder of its own. */
export function createProject(files: Record<string, string> = {}): string {
  const root = createTempFolder();
  const all = { 'package.json': '{ "name": "project", "type": "module" }', ...files };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/**
 * A dev server with the plugin, which listens on a free port and ends with the test. The port is none of those
 * that the system gives to anybody: it is free for a moment in each restart.
 */
export async function serve(
  vite: typeof vite8,
  root: string,
  config: vite8.InlineConfig = {},
  options?: Options,
): Promise<vite8.ViteDevServer> {
  const server = await vite.createServer({
    configFile: false,
    logLevel: 'silent',
    root,
    optimizeDeps: { noDiscovery: true }, // a scan that is interrupted is an error of Vite's own
    ...config,
    server: { port: await findFreePort(), ...config.server },
    plugins: [holdover(options), ...(config.plugins ?? [])],
  });
  onTestFinished(() => server.close());
  if (!server.config.server.middlewareMode) await server.listen();
  return server;
}

/** The port that a server listens on. */
export function portOf({ httpServer }: vite8.ViteDevServer): number {
  const address = httpServer?.address();
  return (address as AddressInfo).port;
}

/** A logger that keeps what it is told. */
export function createListener(vite: typeof vite8, level: vite8.LogLevel = 'info'): Said {
  const lines: string[] = [];
  const add = (text: string): void => {
    // oxlint-disable-next-line no-control-regex -- colours are
    lines.push(...text.replace(/\u001B\[\d+m/g, '').split('\n'));
  };
  const logger = vite.createLogger(level, {
    allowClearScreen: false,
    console: { log: add, warn: add, error: add } as unknown as Console,
  });
  return { lines, logger };
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDependencies } from '../options/manifest.ts';

const NAMES = ['js', 'mjs', 'ts', 'mts', 'cjs', 'cts'].map((end) => `vite.config.${end}`);

/** Plugins, and hooks of plugins, that run server code inside Vite's dev server. */
const SERVERS =
  /(@hono\/vite-dev-server|honox\/vite|vite-plugin-node|@react-router\/dev\/vite|@remix-run\/dev|@sveltejs\/kit\/vite|@solidjs\/start|@tanstack\/[\w-]*start|vike\/plugin|vite-plugin-ssr|nitro\/vite|@vitejs\/plugin-rsc)['"]|\bconfigureServer\b/;

/** The packages whose stores are adopted inside Vite. */
const ADOPTED = new Set(['express-session', '@fastify/session', 'hono-sessions']);

/** The configuration of Vite in a project. */
export interface ViteConfig {
  /** The name of its file. */
  name: string;
  hasPlugin: boolean;
  /** Whether it runs server code, in a project with sessions that the plugin would keep. */
  needsPlugin: boolean;
}

/** Reads the configuration of Vite in a folder, or returns undefined if there is none. */
export function readViteConfig(root: string): ViteConfig | undefined {
  const name = NAMES.find((one) => existsSync(join(root, one)));
  if (name === undefined) return undefined;
  const text = readFileSync(join(root, name), 'utf8');
  const hasSessions = readDependencies(root).some((dependency) => ADOPTED.has(dependency));
  return {
    name,
    hasPlugin: text.includes('holdover/vite'),
    needsPlugin: hasSessions && SERVERS.test(text),
  };
}

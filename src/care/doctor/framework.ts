import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedOptions } from '../../options.ts';
import { readDependencies, readInstalledVersion } from '../../options/manifest.ts';
import type { HistoryEvent } from '../../history/history.ts';
import { broken, doubtful, good, type Check } from './check.ts';

/** The packages whose stores are adopted. */
const FRAMEWORKS = new Set([
  'express-session',
  '@fastify/session',
  'hono-sessions',
  'koa-generic-session',
  'koa-session',
  'oidc-provider',
]);

/** The packages by which servers speak MCP: such a server need have no logins. */
const MCP_PACKAGES = new Set([
  '@modelcontextprotocol/sdk',
  '@modelcontextprotocol/server',
  '@hono/mcp',
  'fastmcp',
]);

const VITE_CONFIG = /^vite\.config\.[cm]?[jt]s$/;

/** Whether the plugin is in the configuration of Vite: then server code of the project is in it. */
export function hasPlugin(root: string): boolean {
  return findViteConfigs(root).some((config) => isPluginIn(root, config));
}

function findViteConfigs(root: string): string[] {
  return readdirSync(root).filter((name) => VITE_CONFIG.test(name));
}

function isPluginIn(root: string, config: string): boolean {
  return readFileSync(join(root, config), 'utf8').includes('holdover/vite');
}

/** Whether the plugin is in the configuration of Vite, which serves the project's files otherwise. */
export function checkVite(root: string): Check[] {
  return findViteConfigs(root).map((config) => {
    if (isPluginIn(root, config)) return good('vite plugin', `in ${config}`);
    return doubtful(
      'vite plugin',
      `${config} does not have it: Vite watches and serves session files, and forgets sessions of server code in it.`,
      "Add holdover() from 'holdover/vite' to its plugins.",
    );
  });
}

/** Which framework the project has, and what has become of its store when the app ran last. */
export function checkFramework({ root }: ResolvedOptions, history: HistoryEvent[]): Check[] {
  const dependencies = readDependencies(root);
  const named = dependencies.filter((name) => FRAMEWORKS.has(name));
  const used = history.flatMap((event) =>
    'framework' in event && (FRAMEWORKS.has(event.framework) || isNamed(event))
      ? [event.framework]
      : [],
  );
  const all = [...new Set([...named, ...used])];
  if (all.length === 0 && dependencies.some((name) => MCP_PACKAGES.has(name))) return [];
  if (all.length === 0) {
    const found = `None of ${[...FRAMEWORKS].join(', ')} is in package.json.`;
    return [doubtful('framework', found, 'Use createSessionStore() from holdover.')];
  }
  return all.map((name) => {
    const version = readInstalledVersion(root, name) ?? '';
    return toCheck(root, `${name} ${version}`.trim(), name, findLast(history, name));
  });
}

/** Whether the app has named a store of ours: there is one for more than what is adopted. */
function isNamed(event: HistoryEvent): boolean {
  return event.what === 'store' && event.how === 'named';
}

type Outcome = Extract<HistoryEvent, { what: 'store' | 'left alone' }>;

function findLast(history: HistoryEvent[], framework: string): Outcome | undefined {
  return history.findLast(
    (event): event is Outcome =>
      (event.what === 'store' || event.what === 'left alone') && event.framework === framework,
  );
}

function toCheck(root: string, shown: string, framework: string, last?: Outcome): Check {
  const name = 'framework';
  if (!last) {
    const found = `${shown}; the app was not seen under holdover yet.`;
    return doubtful(
      name,
      found,
      `Run it with: ${hasPlugin(root) ? 'vite' : 'holdover watch <entry>'}`,
    );
  }
  const when = new Date(last.at).toISOString();
  if (last.what === 'left alone') {
    const found = `${shown}: its store was not adopted (${when}), because ${last.reason}`;
    if (last.lasts === true) return good(name, `${found}, which outlasts the process`);
    const other = framework === 'hono-sessions' ? 'a MemoryStore as it is' : 'no store of its own';
    const remedy = `Give the framework ${other}, or createStore() of holdover`;
    return last.lasts === false
      ? broken(name, `${found}.`, `${remedy}.`)
      : doubtful(name, `${found}.`, `${remedy}, if it keeps its sessions in memory.`);
  }
  const how = last.how === 'adopted' ? 'its memory store is adopted' : 'uses a store of holdover';
  return good(name, `${shown}: ${how} (${when})`);
}

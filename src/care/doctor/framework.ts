import { findRunningApps } from '../../asking/ask.ts';
import type { ResolvedOptions } from '../../options.ts';
import { readDependencies, readInstalledVersion } from '../../options/manifest.ts';
import type { HistoryEvent } from '../../history/history.ts';
import { readViteConfig } from '../vite-config.ts';
import { broken, doubtful, good, type Check } from './check.ts';

/** The packages whose stores are adopted. */
const FRAMEWORKS = new Set(['express-session', '@fastify/session', 'hono-sessions']);

/** Checks that a configuration of Vite that runs server code has the plugin. */
export function checkVite(root: string): Check[] {
  const config = readViteConfig(root);
  if (config?.hasPlugin) return [good('vite plugin', `in ${config.name}`)];
  if (!config?.needsPlugin) return [];
  return [
    doubtful(
      'vite plugin',
      `${config.name} runs server code without it, so its sessions end when Vite reloads that code.`,
      "Add holdover() from 'holdover/vite' to its plugins.",
    ),
  ];
}

/**
 * Checks what became of the store of each framework when the app last ran. A framework that no recorded run has used
 * is not mentioned: package.json does not tell whether the app uses it.
 */
export function checkFramework(options: ResolvedOptions, history: HistoryEvent[]): Check[] {
  if (history.length === 0) return checkFirstRun(options);
  const used = history.flatMap((event) =>
    'framework' in event && (FRAMEWORKS.has(event.framework) || isNamed(event))
      ? [event.framework]
      : [],
  );
  return [...new Set(used)].flatMap((name) => {
    const last = findLast(history, name);
    const version = readInstalledVersion(options.root, name) ?? '';
    return last ? [toCheck(`${name} ${version}`.trim(), name, last)] : [];
  });
}

/** Says that no run is recorded, unless an app runs now, or in production, where nothing is recorded. */
function checkFirstRun({ root, isProduction }: ResolvedOptions): Check[] {
  const named = readDependencies(root).filter((name) => FRAMEWORKS.has(name));
  if (named.length === 0 || isProduction || findRunningApps(root).length > 0) return [];
  const found = `package.json names ${named.join(' and ')}, and no run of the app under holdover is recorded here.`;
  const command = readViteConfig(root)?.hasPlugin ? 'vite' : 'holdover watch <entry>';
  return [doubtful('framework', found, `Run it with: ${command}`)];
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

function toCheck(shown: string, framework: string, last: Outcome): Check {
  const name = 'framework';
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

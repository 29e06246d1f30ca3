import Module from 'node:module';
import { extname } from 'node:path';
import type { Search } from '../learned.ts';

interface Machinery {
  _cache: Record<string, NodeJS.Module | undefined>;
  _pathCache?: Record<string, string>;
  _findPath?: (request: string, paths: string[], isMain: boolean) => string | false;
}

const machinery = Module as unknown as Machinery;

/** Node's own modules that print nothing and do nothing when they are loaded. */
const QUIET = new Set(
  'assert assert/strict async_hooks buffer child_process crypto diagnostics_channel dns dns/promises events fs fs/promises http http2 https net os path path/posix perf_hooks querystring readline stream stream/promises stream/web string_decoder timers timers/promises tls tty url util v8 vm worker_threads zlib'.split(
    ' ',
  ),
);

/** The modules of Node that are loaded, as far as they may be loaded ahead. */
export function listBuiltins(): string[] {
  const { moduleLoadList } = process as unknown as { moduleLoadList?: string[] };
  const names = (moduleLoadList ?? []).map((entry) => entry.replace('NativeModule ', ''));
  return names.filter((name) => QUIET.has(name));
}

/** The CommonJS files that are loaded, in their order. */
export function listFiles(): string[] {
  const isCode = (file: string): boolean => !['.json', '.node'].includes(extname(file));
  const loaded = Object.values(machinery._cache).filter((module) => module?.loaded);
  return loaded.flatMap((module) => (module && isCode(module.filename) ? [module.filename] : []));
}

/**
 * The searches for CommonJS files that this process has made, as Node names them: what was required and
 * the folders in which it was looked for, and what was found. `Module._pathCache` and `_findPath` are not
 * documented; they are there from Node 20 to 24, pinned by `test/watch/compile-ahead.test.ts`. Without
 * them nothing is searched ahead.
 */
export function listSearches(): Search[] {
  return Object.entries(machinery._pathCache ?? {});
}

/** Searches anew: Node remembers what it finds, and what it reads on the way. */
export function searchAhead(search: string): void {
  const [request = '', ...paths] = search.split('\0');
  machinery._findPath?.(request, paths, false);
}

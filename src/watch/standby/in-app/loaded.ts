import Module from 'node:module';
import { extname } from 'node:path';

interface Machinery {
  _cache: Record<string, NodeJS.Module | undefined>;
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

/**
 * The CommonJS files that are loaded, in their order. What an app has put into the cache by itself may
 * name none.
 */
export function listFiles(): string[] {
  const loaded = Object.values(machinery._cache).filter((module) => module?.loaded);
  const files = loaded.map((module): unknown => module?.filename);
  return files.filter((file) => typeof file === 'string').filter(isCode);
}

function isCode(file: string): boolean {
  return !['.json', '.node'].includes(extname(file));
}

import Module from 'node:module';
import { extname } from 'node:path';
import { QUIET_BUILTINS } from '../quiet-builtins.ts';

interface Machinery {
  _cache: Record<string, NodeJS.Module | undefined>;
}

const machinery = Module as unknown as Machinery;

/** The modules of Node that are loaded, as far as they may be loaded ahead. */
export function listBuiltins(): string[] {
  const { moduleLoadList } = process as unknown as { moduleLoadList?: string[] };
  const names = (moduleLoadList ?? []).map((entry) => entry.replace('NativeModule ', ''));
  return names.filter((name) => QUIET_BUILTINS.has(name));
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

import { existsSync } from 'node:fs';
import { parseTsconfig, type TsConfigJsonResolved } from 'get-tsconfig';

interface ReadTsconfig {
  compilerOptions: NonNullable<TsConfigJsonResolved['compilerOptions']>;
  /** The configuration itself and all that it extends, as far as they could be read. */
  files: string[];
}

/** How get-tsconfig names a file in its cache. The version is bundled, and `test/options/tsconfig.test.ts` pins it. */
const READ_FILE = /^readFileSync:(.*):utf8$/s;

/** Reads a tsconfig with all that it extends. One that is missing or cannot be read has no options. */
export function readTsconfig(path: string): ReadTsconfig {
  if (!existsSync(path)) return { compilerOptions: {}, files: [path] };
  const cache = new Map<string, string>();
  const compilerOptions = parseOptions(path, cache);
  const read = [...cache.keys()].flatMap((key) => READ_FILE.exec(key)?.[1] ?? []);
  const files = read.filter((file) => !file.endsWith('package.json'));
  return { compilerOptions, files: [...new Set([path, ...files])] };
}

function parseOptions(path: string, cache: Map<string, string>): ReadTsconfig['compilerOptions'] {
  try {
    return parseTsconfig(path, cache).compilerOptions ?? {};
  } catch {
    return {}; // it is being edited, or what it extends is not installed
  }
}

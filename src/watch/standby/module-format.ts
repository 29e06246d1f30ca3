import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ALWAYS = new Set(['.mjs', '.mts']);
const BY_PACKAGE = new Set(['.js', '.jsx', '.ts', '.tsx']);

/** The URLs of those files that are there and ES modules, or TypeScript that becomes one. */
export function toModuleUrls(paths: string[]): string[] {
  const types = new Map<string, boolean>();
  const modules = paths.filter((path) => isEsModule(path, types) && existsSync(path));
  return modules.map((path) => pathToFileURL(path).href);
}

/** Whether Node takes a file for an ES module. */
export function isEsModule(path: string, types = new Map<string, boolean>()): boolean {
  const extension = extname(path);
  if (ALWAYS.has(extension)) return true;
  return BY_PACKAGE.has(extension) && isModuleFolder(dirname(path), types);
}

/** What the nearest package.json says. */
function isModuleFolder(folder: string, types: Map<string, boolean>): boolean {
  const known = types.get(folder);
  if (known !== undefined) return known;
  const isModule = readType(folder) ?? isModuleFolder(dirname(folder), types);
  types.set(folder, isModule);
  return isModule;
}

function readType(folder: string): boolean | undefined {
  if (dirname(folder) === folder) return false;
  try {
    const { type } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      type?: unknown;
    };
    return type === 'module';
  } catch {
    return undefined; // there is none
  }
}

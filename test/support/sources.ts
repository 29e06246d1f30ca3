import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const SRC = join(import.meta.dirname, '..', '..', 'src');

/** The layers from the bottom up; a file imports from its own and from those below. */
export const LAYERS = [
  ['session'],
  ['storage'],
  ['history'],
  ['options', 'options.ts'],
  ['care'],
  ['loader', 'ends', 'loopback'],
  ['adopt', 'state', 'mcp'],
  ['inspector'],
  ['watch', 'vite'],
  ['commands'],
];

/** A file of src/ and what it imports. */
export interface Source {
  path: string;
  text: string;
  /** Paths from src/ of its own modules, and names of packages. */
  imports: string[];
  /** Those of them that are not for their types only. */
  loads: string[];
  /** Modules of its own that it loads later, or names for somebody else to load. */
  names: string[];
}

export function readSources(folder = SRC): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith('.ts'))
    .map((file) => toSource(join(file.parentPath, file.name)));
}

function toSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[\w*{}\s,]+\sfrom\s+)?'([^']+)'/gm);
  const toName = (name: string): string =>
    name.startsWith('.') ? relative(SRC, resolve(dirname(file), name)) : name;
  const all = [...found].map(([, type, name = '']) => ({
    isType: type !== undefined,
    name: toName(name),
  }));
  const later = text.matchAll(/\b(?:import|new URL)\('(\.[^']+)'/g);
  const names = [...later].map(([, name = '']) => toName(name).replace(/\.js$/, '.ts'));
  const imports = all.map(({ name }) => name);
  const loads = all.filter(({ isType }) => !isType).map(({ name }) => name);
  return { path: relative(SRC, file), text, imports, loads, names };
}

/** Its place among the layers; the entries are above them all. */
export function layerOf(path: string): number {
  const layer = LAYERS.findIndex((names) =>
    names.some((name) => path === name || path.startsWith(`${name}/`)),
  );
  return layer === -1 ? LAYERS.length : layer;
}

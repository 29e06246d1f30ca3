import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** The layers from the bottom up: a file imports from its own layer and from those below. The entries are the top. */
const LAYERS = [
  ['session'],
  ['storage'],
  ['history'],
  ['options'],
  ['asking', 'loader', 'ends', 'loopback'],
  ['care'],
  ['adopt', 'state', 'mcp'],
  ['inspector'],
  ['watch', 'vite'],
  ['commands'],
];

/** The most files of `dist` that an entry loads before the app goes on. */
const MOST_FILES = 3;

/** What each file of src/ imports of the others, types included. Paths are relative to src/. */
type Imports = Map<string, string[]>;

function readImports(): Imports {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
  const modules = files.filter((path) => path.endsWith('.ts'));
  return new Map(modules.map((path) => [path, findImports(path)]));
}

function findImports(path: string): string[] {
  const text = readFileSync(join(SRC, path), 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(?:[\w*{}\s,]+\sfrom\s+)?'(\.[^']+)'/gm);
  return [...found].map(([, name = '']) => relative(SRC, resolve(SRC, dirname(path), name)));
}

/** Returns the folder of src/ that a file is in. `options.ts` belongs to its folder; an entry is a room of its own. */
function toRoom(path: string): string {
  return path === 'options.ts' ? 'options' : (path.split('/')[0] as string);
}

function toLayer(path: string): number {
  const layer = LAYERS.findIndex((rooms) => rooms.includes(toRoom(path)));
  return layer === -1 ? LAYERS.length : layer;
}

function findUpward(imports: Imports): string[] {
  return [...imports].flatMap(([path, names]) =>
    names.filter((name) => toLayer(name) > toLayer(path)).map((name) => `${path} -> ${name}`),
  );
}

/** Returns the files, or rooms, that import themselves by way of others. */
function findCircles(imports: Imports): string[] {
  const leadsTo = (from: string, target: string, visited = new Set<string>()): boolean =>
    (imports.get(from) ?? []).some((name) => {
      if (name === target) return true;
      if (visited.has(name)) return false;
      visited.add(name);
      return leadsTo(name, target, visited);
    });
  return [...imports.keys()].filter((path) => leadsTo(path, path));
}

function toRooms(imports: Imports): Imports {
  const rooms: Imports = new Map();
  for (const [path, names] of imports) {
    const others = names.map(toRoom).filter((room) => room !== toRoom(path));
    rooms.set(toRoom(path), [...(rooms.get(toRoom(path)) ?? []), ...others]);
  }
  return rooms;
}

/** Lists the files of `dist` that one imports, and those that these import, itself included. */
function listLoaded(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/^(?:import|export) [^;]*?"(\.[^"]+)";/gm))
    listLoaded(resolve(dirname(file), name), loaded);
  return loaded;
}

describe('the layout of src', () => {
  const imports = readImports();

  it('has imports that point downwards only, types included', () => {
    expect(imports.size).toBeGreaterThan(100);
    expect(findUpward(imports)).toEqual([]);
    const planted = new Map([['session/store.ts', ['storage/open.ts']]]);
    expect(findUpward(planted)).toEqual(['session/store.ts -> storage/open.ts']);
  });

  it('has no circles among its files, types included, and none among its rooms', () => {
    expect(findCircles(imports)).toEqual([]);
    expect(findCircles(toRooms(imports))).toEqual([]);
    const planted = new Map([
      ['a/a.ts', ['b/b.ts', 'd/d.ts']],
      ['b/b.ts', ['c/c.ts']],
      ['c/c.ts', ['b/other.ts']],
      ['b/other.ts', []],
    ]);
    expect(findCircles(planted)).toEqual([]);
    expect(findCircles(toRooms(planted))).toEqual(['b', 'c']);
  });
});

describe('an entry', () => {
  const entries = readdirSync(SRC).filter((name) => name.endsWith('.ts') && name !== 'options.ts');

  it.each(entries)('%s loads few files', (entry) => {
    const loaded = listLoaded(join(ROOT, 'dist', entry.replace(/ts$/, 'js')));
    expect(loaded.size).toBeGreaterThan(1);
    expect([...loaded].length, [...loaded].join('\n')).toBeLessThanOrEqual(MOST_FILES);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..', 'src');

/** The layers from the bottom up; a file imports from its own and from those below. */
const LAYERS = [
  ['session'],
  ['storage'],
  ['options', 'options.ts'],
  ['care'],
  ['adopt'],
  ['watch', 'vite'],
  ['commands'],
];
const ENTRIES = ['index.ts', 'express.ts', 'fastify.ts', 'vite.ts', 'register.ts', 'cli.ts'];

interface Source {
  path: string;
  text: string;
  /** Paths from src/ of its own modules, and names of packages. */
  imports: string[];
  /** Those of them that are not for their types only. */
  loads: string[];
}

function readSources(folder = SRC): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith('.ts'))
    .map((file) => toSource(join(file.parentPath, file.name)));
}

function toSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[\w*{}\s,]+\sfrom\s+)?'([^']+)'/gm);
  const all = [...found].map(([, type, name = '']) => ({
    isType: type !== undefined,
    name: name.startsWith('.') ? relative(SRC, resolve(dirname(file), name)) : name,
  }));
  const imports = all.map(({ name }) => name);
  const loads = all.filter(({ isType }) => !isType).map(({ name }) => name);
  return { path: relative(SRC, file), text, imports, loads };
}

function layerOf(path: string): number {
  const layer = LAYERS.findIndex((names) =>
    names.some((name) => path === name || path.startsWith(`${name}/`)),
  );
  return layer === -1 ? LAYERS.length : layer;
}

/** Imports that point upwards. */
function findUpward(sources: Source[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.endsWith('.ts') && layerOf(name) > layerOf(path))
      .map((name) => `${path} -> ${name}`),
  );
}

const sources = readSources();

/** What is loaded with some files. */
function findLoaded(entries: string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = sources.find((candidate) => candidate.path === path);
    for (const name of source?.loads ?? []) visit(name);
  };
  for (const entry of entries) visit(entry);
  return seen;
}

describe('the layout of src', () => {
  it('has imports that point downwards only', () => {
    expect(sources.length).toBeGreaterThan(30);
    expect(findUpward(sources)).toEqual([]);
  });

  it('would show an import that points upwards', () => {
    const planted = { path: 'session/store.ts', text: '', imports: ['storage/open.ts'], loads: [] };
    expect(findUpward([planted])).toEqual(['session/store.ts -> storage/open.ts']);
  });

  it('has the public entries at the top and nothing else but the options', () => {
    const top = readdirSync(SRC, { withFileTypes: true }).filter((file) => file.isFile());
    const names = top.map((file) => file.name).filter((name) => name.endsWith('.ts'));
    expect(names.sort()).toEqual([...ENTRIES, 'options.ts'].sort());
  });

  it('imports keyv and keyv-file in storage only', () => {
    const importers = sources.filter(({ imports }) =>
      imports.some((name) => name.startsWith('keyv') || name.startsWith('@keyv/')),
    );
    expect(importers.map(({ path }) => dirname(path))).toEqual(importers.map(() => 'storage'));
    expect(importers).not.toEqual([]);
  });

  it('reads the environment in the options only', () => {
    const readers = sources.filter(({ text }) =>
      // A line of text may name it, to tell people what to write.
      /^(?!\s*['`]).*(\bprocess\.env\b|\benv\b.*= process\b)/m.test(text),
    );
    const paths = readers.map(({ path }) => path).sort();
    expect(paths).toEqual(['options.ts', 'options/supervision.ts']);
  });

  it('keeps the path of the app light: no watcher, no command line, no tsx behind the entries', () => {
    const seen = findLoaded(['index.ts', 'express.ts', 'fastify.ts', 'register.ts']);
    // `ms` is on it, for SESSION_LIFETIME: 160 lines without a dependency.
    const heavy = new Set(['chokidar', 'cac', 'tsx', 'picomatch', 'semver', '@keyv/redis']);
    expect([...seen].filter((name) => heavy.has(name))).toEqual([]);
    expect(seen).toContain('keyv');
  });

  it('starts Vite before any storage is loaded', () => {
    const seen = findLoaded(['vite.ts']);
    expect([...seen].filter((name) => name.startsWith('keyv'))).toEqual([]);
    expect(seen).toContain('adopt/express-session.ts');
  });

  it('names @keyv/redis in one place, where it is loaded when Redis is asked for', () => {
    const naming = sources.filter(({ text }) => /(require|import)\w*\('@keyv\/redis'/.test(text));
    expect(naming.map(({ path }) => path)).toEqual(['storage/open-redis.ts']);
    const importing = sources.filter(({ imports }) => imports.includes('@keyv/redis'));
    expect(importing).toEqual([]);
  });
});

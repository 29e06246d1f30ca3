import { createRequire } from 'node:module';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isOwnFile } from '../../storage/own-files.ts';
import type { Inspector } from './inspector.ts';
import { Source } from './source.ts';

/** A file of the app, as it was loaded. */
export interface AppScript {
  id: string;
  /** Absolute. */
  path: string;
  source: Source;
}

/** What an import may have been written as, by what the file is. */
const ENDS = ['', '.ts', '.js', '.tsx', '.jsx', '.mts', '.mjs', '.cts', '.cjs'];

/** The scripts of a project that its packages do not have, by id. The last of a file is what it is now. */
export class AppScripts {
  readonly byId = new Map<string, AppScript>();
  /** Files that cannot be read as JavaScript. */
  readonly unread: string[] = [];
  readonly #byPath = new Map<string, AppScript>();
  readonly #texts = new Set<string>();
  readonly #root: string;

  /** @param root of the project, absolute */
  constructor(inspector: Inspector, root: string) {
    this.#root = root;
    for (const [id, url] of inspector.scripts) {
      const path = toPath(url);
      if (path === undefined || !this.#isOfApp(path)) continue;
      try {
        const script = { id, path, source: new Source(inspector.source(id)) };
        this.byId.set(id, script);
        this.#byPath.set(path, script);
        for (const text of script.source.texts) this.#texts.add(text);
      } catch {
        this.unread.push(this.toName(path));
      }
    }
  }

  /** `server/storage.ts` */
  toName(path: string): string {
    return relative(this.#root, path).split(sep).join('/');
  }

  /** Whether the text of a function or class stands in a file of the app. */
  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /**
   * Where what a file imports was declared, by the name that it has there.
   *
   * @param depth through how many files that only hand it on
   */
  declared(
    from: AppScript,
    specifier: string,
    name: string,
    depth = 8,
  ): [AppScript, name: string] | undefined {
    const owner = depth > 0 ? this.#imported(from, specifier) : undefined;
    if (!owner) return undefined;
    const found = owner.source.exported(name);
    if (found && found.from === undefined) return [owner, found.name];
    const next = found?.from === undefined ? owner.source.reexported : [found.from];
    for (const one of next) {
      const declared = this.declared(owner, one, found?.name ?? name, depth - 1);
      if (declared) return declared;
    }
    return undefined;
  }

  /** The file that another one imports by some words; `undefined` where that is none of the app. */
  #imported(from: AppScript, specifier: string): AppScript | undefined {
    const isPath = /^(\.|\/|file:)/.test(specifier);
    if (!isPath) return this.#aliased(specifier);
    const base = fileURLToPath(new URL(specifier, pathToFileURL(from.path)));
    return this.#atOneOf(base);
  }

  at(path: string): AppScript | undefined {
    return this.#byPath.get(path);
  }

  /** `@/storage`, `~/storage` and `#storage` are aliases of a path: they are looked for by their end. */
  #aliased(specifier: string): AppScript | undefined {
    const [, end] = /^(?:[@~#][\w-]*\/|#)(.+)$/.exec(specifier) ?? [];
    if (end === undefined) return undefined;
    const suffix = `${sep}${withoutEnd(end.split('/').join(sep))}`;
    const found = [...this.#byPath].filter(([path]) => withoutEnd(path).endsWith(suffix));
    return found.length === 1 ? found[0]?.[1] : undefined;
  }

  #atOneOf(base: string): AppScript | undefined {
    const bases = [base, withoutEnd(base), join(base, 'index')];
    for (const one of bases)
      for (const end of ENDS) {
        const script = this.#byPath.get(one + end);
        if (script) return script;
      }
    return undefined;
  }

  #isOfApp(path: string): boolean {
    const isInside = path.startsWith(this.#root + sep) && !isOwnFile(path);
    return isInside && !path.split(sep).includes('node_modules');
  }
}

function withoutEnd(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}

/** CommonJS modules have paths; a query is how tsx and Vite load a module anew. */
function toPath(url: string): string | undefined {
  try {
    if (url.startsWith('file:')) return fileURLToPath(url.replace(/[?#].*$/, ''));
    return url === '' || url.includes('://') || url.startsWith('node:')
      ? undefined
      : url.replace(/\?.*$/, '');
  } catch {
    return undefined;
  }
}

/** What CommonJS modules of the app export that is an object: which file it is of, and its name there. */
export function findExports(scripts: AppScripts): Map<unknown, [AppScript, name: string]> {
  const found = new Map<unknown, [AppScript, string]>();
  const { cache } = createRequire(import.meta.url);
  for (const [path, loaded] of Object.entries(cache)) {
    const script = scripts.at(path);
    const exported: unknown = script && loaded?.exports;
    if (!script || typeof exported !== 'object' || exported === null) continue;
    if (Object.hasOwn(exported, '__esModule')) continue; // its getters see the variables themselves
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(exported)))
      if (typeof value === 'object' && value !== null && script.source.declares(name))
        found.set(value, [script, name]);
    found.set(exported, [script, 'default']);
  }
  return found;
}

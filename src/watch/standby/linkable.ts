import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { init, parse, type Import, type StaticImport } from 'es-module-lexer';
import { resolve } from 'import-meta-resolve';

await init();

/**
 * Those of the modules from which no CommonJS can be reached: Node makes a place in `require.cache` for
 * each CommonJS file that is linked, and an app could see it.
 *
 * @param urls of all ES modules of packages that a run has loaded
 */
export function toLinkable(urls: readonly string[]): string[] {
  const imports = new Map(urls.map((url) => [url, toImports(url)]));
  for (let size = -1; size !== imports.size;) {
    size = imports.size;
    for (const [url, names] of imports) {
      if (!names?.every((name) => imports.has(name))) imports.delete(url);
    }
  }
  return [...imports.keys()];
}

/** The URLs that a module imports, without builtins; `undefined` when that cannot be told. */
function toImports(url: string): string[] | undefined {
  try {
    const [imports, , , isModule] = parse(readFileSync(fileURLToPath(url), 'utf8'));
    if (!isModule) return undefined; // CommonJS that was imported
    const fixed = imports.filter(isStatic);
    if (fixed.some(({ attributes }) => attributes !== null)) return undefined; // JSON, say
    const names = fixed.map(({ specifier }) => specifier).filter((name) => !isBuiltin(name));
    return names.map((name) =>
      name.startsWith('.') ? new URL(name, url).href : resolve(name, url),
    );
  } catch {
    return undefined; // another kind of file, or an import that leads nowhere
  }
}

function isStatic(found: Import): found is StaticImport {
  return found.type === 'static' || found.type === 'reexport-star';
}

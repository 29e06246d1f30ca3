import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { init, parse, type Import, type StaticImport } from 'es-module-lexer';
import { resolve } from 'import-meta-resolve';
import { QUIET_BUILTINS } from './quiet-builtins.ts';

await init();

/**
 * Those of the modules from which nothing can be reached of which an app could see that it is linked: no
 * CommonJS, as Node makes a place in `require.cache` for each such file; no module of Node's that prints or
 * does something, as `node:process` opens stdin; and not `node:http`, for whose exports Node 22 and later load
 * their undici, which leaves its dispatcher in `globalThis`.
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

/** The URLs that a module imports, without builtins; `undefined` when that cannot be told, or one of them shows. */
function toImports(url: string): string[] | undefined {
  try {
    const [imports, , , isModule] = parse(readFileSync(fileURLToPath(url), 'utf8'));
    if (!isModule) return undefined; // CommonJS that was imported
    const fixed = imports.filter(isStatic);
    if (fixed.some(({ attributes }) => attributes !== null)) return undefined; // JSON, say
    const specifiers = fixed.map(({ specifier }) => specifier);
    if (specifiers.some((name) => isBuiltin(name) && !isSilent(name))) return undefined;
    const names = specifiers.filter((name) => !isBuiltin(name));
    return names.map((name) =>
      name.startsWith('.') ? new URL(name, url).href : resolve(name, url),
    );
  } catch {
    return undefined; // another kind of file, or an import that leads nowhere
  }
}

/** Whether nothing shows that a module of Node's is linked. */
function isSilent(builtin: string): boolean {
  const name = builtin.replace(/^node:/, '');
  return name !== 'http' && QUIET_BUILTINS.has(name);
}

function isStatic(found: Import): found is StaticImport {
  return found.type === 'static' || found.type === 'reexport-star';
}

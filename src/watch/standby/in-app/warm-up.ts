import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Has tsx's compiler start, in this thread: it is a process of its own, that the first file that has
 * changed would wait for.
 *
 * @param tsx its file
 */
export function startCompiler(tsx: string): void {
  const esbuild = createRequire(tsx)('esbuild') as { transformSync: (text: string) => void };
  esbuild.transformSync('');
}

/**
 * Has Node 20 look for the exports of CommonJS files of tsx, which are loaded: the first files for which it
 * does that take it ten times as long as those that follow.
 */
export async function warmUpLexer(tsx: string): Promise<void> {
  const { cache } = createRequire(import.meta.url);
  const folder = dirname(tsx) + sep;
  const files = Object.keys(cache).filter((file) => file.startsWith(folder));
  for (const file of files) await linkModule(pathToFileURL(file).href);
}

/**
 * Has an ES module read, parsed and linked with what it imports, as it will be for the app, and runs
 * nothing of it: the first module of the graph throws, so that none of the others is evaluated. They
 * are when the app imports them, in its order, with its environment.
 *
 * @param url of a module of a package; what cannot be loaded is left to the app
 */
export async function linkModule(url: string): Promise<void> {
  const imports = [THROWS, url].map((name) => `import ${JSON.stringify(name)};`);
  const graph = `data:text/javascript,${encodeURIComponent(imports.join(''))}`;
  await import(graph).catch(() => {});
}

const THROWS = `data:text/javascript,${encodeURIComponent("throw 'linked, not evaluated';")}`;

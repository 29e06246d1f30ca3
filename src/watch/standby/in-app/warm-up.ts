import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { linkModule } from './link.ts';

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

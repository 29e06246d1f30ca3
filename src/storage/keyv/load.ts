import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolve } from 'import-meta-resolve';

/** A module of TypeScript. */
const TYPESCRIPT = /\.[cm]?ts$/;

interface Tsx {
  tsImport(specifier: string, parent: string): Promise<unknown>;
}

/**
 * The default export of a module of the app; TypeScript goes through tsx, where the project has it.
 *
 * @param path absolute
 * @param display the path for people
 * @throws Error, in one sentence, when it cannot be loaded
 */
export async function loadDefault(path: string, root: string, display: string): Promise<unknown> {
  const url = pathToFileURL(path).href;
  let loaded: { default?: unknown };
  try {
    const tsx = TYPESCRIPT.test(path) ? await importTsx(root) : undefined;
    loaded = (await (tsx ? tsx.tsImport(url, url) : import(url))) as typeof loaded;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? `${display} is TypeScript, which this Node does not read. Install tsx: npm install -D tsx`
        : `${display} cannot be loaded: ${message}`,
      { cause },
    );
  }
  // A module that was compiled to CommonJS has its exports below the one that Node makes.
  return (loaded.default as typeof loaded | undefined)?.default ?? loaded.default;
}

async function importTsx(root: string): Promise<Tsx | undefined> {
  let url: string;
  try {
    url = resolve('tsx/esm/api', pathToFileURL(join(root, 'package.json')).href);
  } catch {
    return undefined; // Node may read it without
  }
  return (await import(url)) as Tsx;
}

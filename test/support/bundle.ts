import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { removeFolder } from './temp-folder.ts';

/** How packages are put into a bundle. */
type Bundling = Pick<BuildOptions, 'packages' | 'external' | 'banner'>;

/** In the project, by whose folder sessions are sealed, and where packages are found. */
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'holdover');

/**
 * Before all tests of the block, makes one file of a module and of what it imports but packages: a process
 * that runs it starts in less than half of the time.
 *
 * @param code of the module, whose imports are relative to the folder
 * @param options @default packages are imported as they are
 * @returns gives the path of the file, once the tests run
 */
export function bundleBefore(
  code: string,
  folder: string,
  options: Bundling = { packages: 'external' },
): () => string {
  let path = '';
  beforeAll(async () => {
    mkdirSync(CACHE, { recursive: true });
    const place = mkdtempSync(join(CACHE, 'bundle-'));
    path = join(place, 'bundle.mjs');
    await build({
      stdin: { contents: code, resolveDir: folder, loader: 'ts' },
      outfile: path,
      bundle: true,
      ...options,
      platform: 'node',
      format: 'esm',
    });
    afterAll(() => removeFolder(place));
  });
  return () => path;
}

/** As `bundleBefore`, of a script of `support/processes`: for tests that start it again and again. */
export function bundleProcess(name: string, options?: Bundling): () => string {
  const folder = join(import.meta.dirname, 'processes');
  return bundleBefore(readFileSync(join(folder, `${name}.js`), 'utf8'), folder, options);
}

/** As `bundleProcess`, with the packages in it: it starts in little more than Node needs by itself. */
export function bundleWhole(name: string): () => string {
  const require = `import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);`;
  return bundleProcess(name, { external: ['@keyv/redis'], banner: { js: require } });
}

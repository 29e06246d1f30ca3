import { dirname, join, resolve } from 'node:path';
import { resolveTsconfig } from '../../options/environment.ts';
import { readTsconfig } from '../../options/tsconfig.ts';

/** What says that packages were installed, changed or removed. */
const INSTALLATION = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  '.pnp.cjs',
  '.pnp.data.json',
  'node_modules',
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-state.yml',
  'node_modules/.yarn-integrity',
];

/**
 * The files that Node and tsx read before they run an entry, there or not: `package.json` and
 * lockfiles from its folder up to the root of the file system, and `tsconfig.json` with what it extends.
 */
export function toStartupFiles(entry: string): string[] {
  const folders = toFolders(entry);
  const files = folders.flatMap((folder) => INSTALLATION.map((name) => join(folder, name)));
  return [...files, ...toConfigs(folders)];
}

/** Whether a tsconfig may lead names that look like packages to files of the app. */
export function isAliased(entry: string): boolean {
  return toConfigs(toFolders(entry)).some((file) => {
    const { paths, baseUrl } = readTsconfig(file).compilerOptions;
    return paths !== undefined || baseUrl !== undefined;
  });
}

function toFolders(entry: string): string[] {
  const starts = [dirname(entry), process.cwd()];
  return [...new Set(starts.flatMap(toAncestors))];
}

function toConfigs(folders: string[]): string[] {
  const named = resolveTsconfig();
  const configs = folders.map((folder) => join(folder, 'tsconfig.json'));
  if (named) configs.push(resolve(named));
  return [...new Set(configs.flatMap((path) => readTsconfig(path).files))];
}

function toAncestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...toAncestors(parent)];
}

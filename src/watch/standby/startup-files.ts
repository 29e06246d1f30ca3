import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { resolveTsconfig } from '../../options/supervision.ts';

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
  return toConfigs(toFolders(entry)).some((file) => /"(paths|baseUrl)"/.test(read(file)));
}

function toFolders(entry: string): string[] {
  const starts = [dirname(entry), process.cwd()];
  return [...new Set(starts.flatMap(toAncestors))];
}

function toConfigs(folders: string[]): string[] {
  const named = resolveTsconfig();
  const configs = folders.map((folder) => join(folder, 'tsconfig.json'));
  if (named) configs.push(resolve(named));
  return [...configs, ...toExtended(configs)];
}

function toAncestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...toAncestors(parent)];
}

/** The configurations that others extend, however deep. */
function toExtended(configs: string[]): string[] {
  const found = new Set<string>();
  const follow = (config: string): void => {
    for (const name of readExtends(config)) {
      const path = toConfigPath(name, config);
      if (!path || found.has(path)) continue;
      found.add(path);
      follow(path);
    }
  };
  for (const config of configs) follow(config);
  return [...found];
}

/** Comments and trailing commas are allowed there: only what `extends` names is read. */
function readExtends(config: string): string[] {
  const [, value = ''] = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(read(config)) ?? [];
  return [...value.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // there is none
  }
}

function toConfigPath(name: string, from: string): string | undefined {
  const names = name.endsWith('.json') ? [name] : [`${name}.json`, `${name}/tsconfig.json`, name];
  if (/^\.{0,2}\//.test(name)) return resolve(dirname(from), names[0] as string);
  const require = createRequire(from);
  for (const candidate of names) {
    try {
      return require.resolve(candidate);
    } catch {
      // not under this name
    }
  }
  return undefined;
}

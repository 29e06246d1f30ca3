import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPackage } from '../../options/project.ts';

/** In the order in which Node and tsx look for a file that is named without its extension. */
const EXTENSIONS = ['.js', '.ts', '.tsx', '.jsx', '.mjs', '.mts', '.cjs', '.cts'];

/** Where a server is looked for that nobody has named. */
const USUAL = ['src/index', 'src/server', 'index', 'server'];

const NAME_IT = 'Name the entry of your server';

/**
 * Finds the file that is meant by `app.js`, `app`, or a folder with a package.json or an index, as Node
 * and tsx do.
 *
 * @returns its path without links, as Node will name it
 * @throws Error, in one sentence, when there is none
 */
export function findEntry(word: string): string {
  const path = resolve(word);
  const found = /[\\/]$/.test(word) ? findInFolder(path) : (findFile(path) ?? findInFolder(path));
  if (found !== undefined) return realpathSync(found);
  if (existsSync(path)) {
    throw new Error(
      `The folder ${word} has no index, and no package.json that names its main file. ${NAME_IT}.`,
    );
  }
  throw new Error(`There is no file ${word}. ${NAME_IT}.`);
}

/**
 * Finds the server of the project in the current directory: the main file of its package.json, or one with
 * a usual name.
 *
 * @throws Error, in one sentence, when there is none
 */
export function findUsualEntry(): string {
  const usual = USUAL.map((name) => findFile(resolve(name))).find((file) => file !== undefined);
  const found = findMain(process.cwd()) ?? usual;
  if (found !== undefined) return realpathSync(found);
  throw new Error(`There is no file to run. ${NAME_IT}: holdover watch src/server.ts`);
}

function findInFolder(folder: string): string | undefined {
  return findMain(folder) ?? findFile(join(folder, 'index'));
}

function findMain(folder: string): string | undefined {
  const { main } = readPackage(folder) as { main?: unknown };
  if (typeof main !== 'string') return undefined;
  const path = resolve(folder, main);
  return findFile(path) ?? findFile(join(path, 'index'));
}

function findFile(path: string): string | undefined {
  return ['', ...EXTENSIONS].map((extension) => path + extension).find(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

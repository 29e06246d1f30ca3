import { existsSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { readDependencies } from '../../options/manifest.ts';
import { toDisplay } from '../../options/project.ts';
import { resolveNodeOptions, resolveTsconfig } from '../../options/environment.ts';
import { readTsconfig } from '../../options/tsconfig.ts';

const TYPESCRIPT = new Set(['.ts', '.tsx', '.mts', '.cts']);

/** Whether a file is TypeScript. */
export function isTypeScript(file: string): boolean {
  return TYPESCRIPT.has(extname(file));
}

/** Hooks that compile files which are required, as `-r` names them. Entries are imported. */
const REQUIRE_HOOKS =
  /(?:^|\s)(?:-r|--require)[=\s]*((ts-node|@babel|@swc|@swc-node|esbuild-register|sucrase)(?:\/\S+)?)/;

/**
 * Refuses hooks that would not compile the entry.
 *
 * @param entry as it is named
 * @throws Error, in one sentence, with what to use instead
 */
export function checkRequireHooks(entry: string, nodeFlags: string[]): void {
  const [, hook, name] = REQUIRE_HOOKS.exec([resolveNodeOptions(), ...nodeFlags].join(' ')) ?? [];
  const isBabel = name === '@babel';
  if (hook === undefined || !(isBabel || isTypeScript(entry))) return;
  const instead = isBabel
    ? 'Run babel src --out-dir dist --watch beside it, and name the entry in dist.'
    : 'Leave it out: tsx runs TypeScript (npm install -D tsx).';
  throw new Error(
    `holdover watch does not take -r ${hook}, which compiles only files that are required, and ${entry} is imported. ${instead}`,
  );
}

/** Other compilers of TypeScript, named among the flags of Node. */
const OTHER_COMPILERS = /swc|ts-node|babel/;

/**
 * Returns what to do where an app counts on `emitDecoratorMetadata`, and undefined where it does not. tsx compiles one
 * file at a time and does not write it, so NestJS and its like find no types.
 */
export function adviseOnDecorators(
  entry: string,
  nodeFlags: string[],
  root: string,
): string | undefined {
  const isCompiledByOther = OTHER_COMPILERS.test([...nodeFlags, resolveNodeOptions()].join(' '));
  if (!isTypeScript(entry) || isCompiledByOther) return undefined;
  const tsconfig = resolveTsconfig() ?? findTsconfig(process.cwd());
  if (
    tsconfig === undefined ||
    readTsconfig(resolve(tsconfig)).compilerOptions.emitDecoratorMetadata !== true
  )
    return undefined;
  const remedy = readDependencies(root).includes('@nestjs/core')
    ? 'nest start --watch --exec "node --import holdover/register", or nest build --watch beside holdover watch dist/main.js'
    : 'tsc --watch, and beside it holdover watch on what it writes';
  return `${toDisplay(tsconfig)} has emitDecoratorMetadata, which tsx does not write: what is injected by its type is undefined. Where your app needs it, run: ${remedy}`;
}

/** Returns the tsconfig that tsx reads. */
function findTsconfig(folder: string): string | undefined {
  const path = join(folder, 'tsconfig.json');
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : findTsconfig(parent);
}

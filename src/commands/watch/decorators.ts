import { existsSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { readDependencies } from '../../options/manifest.ts';
import { toDisplay } from '../../options/project.ts';
import { resolveNodeOptions, resolveTsconfig } from '../../options/environment.ts';
import { readTsconfig, toExtended } from '../../options/tsconfig.ts';

const TYPESCRIPT = new Set(['.ts', '.tsx', '.mts', '.cts']);

/** What else may compile TypeScript, named among the flags of Node. */
const OTHER_COMPILERS = /swc|ts-node|babel/;

/**
 * What to do where an app counts on `emitDecoratorMetadata`: tsx, which compiles one file at a time, does
 * not write it, so that NestJS and its like find no types. `undefined` where that does not matter.
 */
export function adviseOnDecorators(
  entry: string,
  nodeFlags: string[],
  root: string,
): string | undefined {
  const isCompiledByOther = OTHER_COMPILERS.test([...nodeFlags, resolveNodeOptions()].join(' '));
  if (!TYPESCRIPT.has(extname(entry)) || isCompiledByOther) return undefined;
  const tsconfig = resolveTsconfig() ?? findTsconfig(process.cwd());
  if (tsconfig === undefined || !emitsMetadata(resolve(tsconfig))) return undefined;
  const remedy = readDependencies(root).includes('@nestjs/core')
    ? 'nest start --watch --exec "node --import holdover/register", or nest build --watch beside holdover watch dist/main.js'
    : 'tsc --watch, and beside it holdover watch on what it writes';
  return `${toDisplay(tsconfig)} has emitDecoratorMetadata, which tsx does not write: what is injected by its type is undefined. Where your app needs it, run: ${remedy}`;
}

/** The one that tsx reads. */
function findTsconfig(folder: string): string | undefined {
  const path = join(folder, 'tsconfig.json');
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : findTsconfig(parent);
}

/** What the file itself says counts for more than what it extends. */
function emitsMetadata(path: string): boolean {
  for (const config of [path, ...toExtended(path)]) {
    const [, value] = /"emitDecoratorMetadata"\s*:\s*(true|false)/.exec(readTsconfig(config)) ?? [];
    if (value !== undefined) return value === 'true';
  }
  return false;
}

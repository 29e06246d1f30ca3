import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/**
 * The modules of `src`, compiled one by one, for processes that need one of them alone: what is published has
 * them put together. Processes that need the package itself take it from `dist`.
 */
export const MODULES = new URL('test/results/modules/', ROOT);

/** Compiles them where that has not been done since the last change. */
export function buildModules(): void {
  if (isBuilt(new URL('options.js', MODULES))) return;
  const compiler = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));
  const outDir = fileURLToPath(MODULES);
  const words = ['--noCheck', '--declaration', 'false', '--emitDeclarationOnly', 'false'];
  execFileSync(process.execPath, [compiler, '-p', 'src', '--outDir', outDir, ...words], {
    cwd: fileURLToPath(ROOT),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Whether a file is newer than all of `src`. */
export function isBuilt(file: URL): boolean {
  const time = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(new URL('src/', ROOT), { recursive: true, withFileTypes: true });
  return sources.every((one) => statSync(`${one.parentPath}/${one.name}`).mtimeMs < time);
}

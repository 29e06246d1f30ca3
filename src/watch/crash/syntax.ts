import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { isOfPackage } from '../is-of-package.ts';
import type { Position } from '../../asking/crash.ts';
import { toWrittenPosition } from './position.ts';

/** How long the search may take, in milliseconds: some 25 for each file, one after the other. */
const WITHIN = 2000;

/**
 * Finds the place of a syntax error in an ES module: the error itself does not carry it, only what Node
 * prints does (https://github.com/nodejs/node/issues/45862). So `node --check` reads the files, those
 * that were changed last first; it runs nothing, and has none of the flags and variables of the app.
 *
 * @param files where it may be, likeliest first
 * @returns `undefined` when it is in none of them, or cannot be found in time; never rejects
 */
export async function findSyntaxError(
  message: string,
  files: string[],
  root: string,
): Promise<Position | undefined> {
  const isModule = (file: string): boolean =>
    ['.js', '.mjs'].includes(extname(file)) && !isOfPackage(file, root);
  const signal = AbortSignal.timeout(WITHIN);
  for (const file of await toNewestFirst([...new Set(files)].filter(isModule))) {
    const printed = await check(await readFile(file).catch(() => ''), signal);
    if (signal.aborted) return undefined;
    if (printed.includes(message)) return toWrittenPosition(printed.replace('[stdin]', () => file));
  }
  return undefined;
}

async function toNewestFirst(files: string[]): Promise<string[]> {
  const toTime = (file: string): Promise<number> =>
    stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  const times = new Map(
    await Promise.all(files.map(async (file) => [file, await toTime(file)] as const)),
  );
  return files.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
}

/** @returns what Node prints of a source that is taken for an ES module; nothing where it is one */
function check(source: Buffer | string, signal: AbortSignal): Promise<string> {
  const flags = ['--no-warnings', '--input-type=module', '--check', '-'];
  const options = { env: {}, signal, killSignal: 'SIGKILL', windowsHide: true } as const;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, flags, options, (_, __, stderr) => resolve(stderr));
    child.stdin?.on('error', () => {}); // it has ended before it has read
    child.stdin?.end(source);
  });
}

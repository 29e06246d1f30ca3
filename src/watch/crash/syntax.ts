import { execFile } from 'node:child_process';
import { extname } from 'node:path';
import { isOfPackage } from '../is-of-package.ts';
import type { Position } from './frames.ts';
import { toWrittenPosition } from './position.ts';

/** How long the search may take, in milliseconds, and how many files it looks at. */
const WITHIN = 3000;
const FILES = 1000;

/**
 * Compiles files as modules, runs none of them, and ends with the first error of the message that is
 * looked for: Node then prints the place before it. That goes by `vm.SourceTextModule`, which is
 * experimental and behind a flag from Node 20 to 24; without it nothing is found, and the page has no
 * excerpt. `test/watch/crash/reported.test.ts` pins it.
 */
const SEARCH = `
const { readFileSync } = require('node:fs');
const { SourceTextModule } = require('node:vm');
const { message, files } = JSON.parse(readFileSync(0, 'utf8'));
for (const file of files) {
  let source;
  try { source = readFileSync(file, 'utf8'); } catch { continue; }
  try { new SourceTextModule(source, { identifier: file }); }
  catch (error) { if (error.message === message) throw error; }
}`;

/**
 * Finds the place of a syntax error in an ES module: the error itself does not carry it, only what Node
 * prints does (https://github.com/nodejs/node/issues/45862). Another process looks, with none of the
 * flags and variables of the app, so nothing of the app runs in it.
 *
 * @param files where it may be, likeliest first
 * @returns `undefined` when it is in none of them, or cannot be found in time; never rejects
 */
export async function findSyntaxError(
  message: string,
  files: string[],
  root: string,
): Promise<Position | undefined> {
  const modules = [...new Set(files)].filter(
    (file) => ['.js', '.mjs'].includes(extname(file)) && !isOfPackage(file, root),
  );
  if (modules.length === 0) return undefined;
  const printed = await search(JSON.stringify({ message, files: modules.slice(0, FILES) }));
  return toWrittenPosition(printed);
}

function search(input: string): Promise<string> {
  const flags = ['--no-warnings', '--experimental-vm-modules', '--input-type=commonjs'];
  const options = { env: {}, timeout: WITHIN, killSignal: 'SIGKILL', windowsHide: true } as const;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...flags, '-e', SEARCH], options, (_, __, stderr) =>
      resolve(stderr),
    );
    child.stdin?.on('error', () => {}); // it has ended before it has read
    child.stdin?.end(input);
  });
}

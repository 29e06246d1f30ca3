import { createRequire } from 'node:module';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPeer } from '../../storage/peer.ts';
import type { ChildOptions } from '../process/child.ts';

const TYPESCRIPT = new Set(['.ts', '.tsx', '.mts', '.cts', '.jsx']);
const REGISTER = new URL('../../register.js', import.meta.url).href;
const WAIT = new URL('./in-app/wait.js', import.meta.url).href;

/**
 * The flags with which Node runs the entry: holdover's hook first, so that it sees what the user's own
 * `--import` modules load, tsx for TypeScript, and then the place where a standby waits.
 *
 * @throws Error, in one sentence, when the entry is TypeScript and tsx is not installed, or one that is too
 * old
 */
export function toNodeFlags({ entry, nodeFlags }: ChildOptions): string[] {
  const tsx = findTsx(entry);
  const withTsx = tsx === undefined ? [] : ['--import', pathToFileURL(tsx).href];
  return ['--import', REGISTER, ...withTsx, '--import', WAIT, ...nodeFlags];
}

/**
 * Flags that do nothing before the entry runs, or nothing that could be noticed. With any other flag
 * (`--require` runs code before, `--inspect` takes a port, `--cpu-prof` measures) there is no standby.
 */
const CALM = [
  /^(-C|--conditions|--env-file(-if-exists)?|--import|--title)(=|$)/,
  /^--(no-)?(warnings|deprecation|enable-source-maps|preserve-symlinks(-main)?)$/,
  /^--(trace-(warnings|deprecation|uncaught)|throw-deprecation|disable-warning(=.*)?)$/,
  /^--(no-)?experimental-(strip-types|transform-types|sqlite|websocket|webstorage|fetch|require-module)$/,
  /^--(unhandled-rejections|dns-result-order|max-http-header-size|stack-trace-limit)(=|$)/,
  /^--(max[-_]old[-_]space[-_]size|max[-_]semi[-_]space[-_]size|stack[-_]size|expose[-_]gc)(=|$)/,
];

/**
 * Whether a process with these flags may wait for its turn and nobody notices.
 *
 * @param options the value of NODE_OPTIONS
 */
export function canStandBy(nodeFlags: string[], options: string | undefined): boolean {
  const inherited = (options ?? '').split(/\s+/).filter(Boolean);
  // The modules of --import among NODE_OPTIONS run before ours.
  const isEarly = inherited.some((word) => word.startsWith('--import'));
  const flags = [...nodeFlags, ...inherited].filter((word) => word.startsWith('-'));
  return !isEarly && flags.every((flag) => CALM.some((calm) => calm.test(flag)));
}

/**
 * The file of tsx, for an entry that needs it.
 *
 * @throws Error, in one sentence, when it is not installed, or is too old
 */
export function findTsx(entry: string): string | undefined {
  if (!TYPESCRIPT.has(extname(entry))) return undefined;
  for (const base of [`${dirname(entry)}/`, `${process.cwd()}/`, import.meta.url]) {
    let tsx: string;
    try {
      tsx = createRequire(base).resolve('tsx');
    } catch {
      continue; // not from here
    }
    checkPeer('tsx', tsx);
    return tsx;
  }
  throw new Error(
    `tsx is needed to run ${extname(entry)} files. Install it with: npm install -D tsx`,
  );
}

import { pathToFileURL } from 'node:url';
import { toOwnUrl } from '../../storage/own-files.ts';
import type { Runner } from './typescript.ts';

const REGISTER = toOwnUrl('register.js').href;
const COMMONJS_ENTRY = toOwnUrl('standalone/commonjs-entry.js').href;
const WAIT = toOwnUrl('standalone/wait.js').href;

/**
 * The flags with which Node runs the entry: holdover's hook first, so that it sees what the user's own
 * `--import` modules load, tsx for TypeScript, and then the place where a standby waits.
 */
export function toNodeFlags(nodeFlags: string[], { tsx, isStripped }: Runner): string[] {
  const own = [REGISTER, ...(tsx === undefined ? [] : [pathToFileURL(tsx).href])];
  if (isStripped) own.push(COMMONJS_ENTRY);
  return [...[...own, WAIT].flatMap((url) => ['--import', url]), ...nodeFlags];
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

/** What Yarn adds for Plug'n'Play: it leads imports into its archives, and does nothing of the app's. */
const PLUG_N_PLAY =
  /--(require|experimental-loader) ("[^"]*\.pnp\.(cjs|loader\.mjs)"|[^\s"]*\.pnp\.(cjs|loader\.mjs))(?=\s|$)/g;

/**
 * Whether a process with these flags may wait for its turn and nobody notices.
 *
 * @param options the value of NODE_OPTIONS
 */
export function canStandBy(nodeFlags: string[], options: string | undefined): boolean {
  const inherited = (options ?? '').replace(PLUG_N_PLAY, '').split(/\s+/).filter(Boolean);
  // The modules of --import among NODE_OPTIONS run before ours.
  const isEarly = inherited.some((word) => word.startsWith('--import'));
  const flags = [...nodeFlags, ...inherited].filter((word) => word.startsWith('-'));
  return !isEarly && flags.every((flag) => CALM.some((calm) => calm.test(flag)));
}

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveNodeOptions } from '../../options/environment.ts';
import { toOwnUrl } from '../../storage/own-files.ts';
import { checkPeer } from '../../storage/peer.ts';

/** What an app is run by. */
interface Entry {
  /** Absolute. */
  entry: string;
  nodeFlags: string[];
  /** tsx was asked for. */
  needsTsx: boolean;
}

const TYPESCRIPT = new Set(['.ts', '.tsx', '.mts', '.cts', '.jsx']);

/** What Node runs by itself, where it can. */
const STRIPPED = new Set(['.ts', '.mts', '.cts']);

/** What runs an app: nothing but Node where its code is JavaScript. */
export interface Runner {
  /** The file of tsx, where that is needed. */
  tsx: string | undefined;
  /** Whether the entry is TypeScript that Node runs by itself. */
  isStripped: boolean;
}

/**
 * Finds out what an app needs. tsx runs one whose entry is TypeScript, or JavaScript that leads to
 * TypeScript by paths that it names. Where tsx is not installed, Node runs TypeScript by itself if it can.
 *
 * @throws Error, in one sentence, when the entry is TypeScript and nothing can run it, or tsx is too old
 */
export function findRunner({ entry, nodeFlags, needsTsx }: Entry): Runner {
  const extension = extname(entry);
  const isTypeScript = TYPESCRIPT.has(extension);
  const isOther = !needsTsx && bringsLoader(nodeFlags, isTypeScript);
  const tsx = isOther ? undefined : resolveTsx(entry, isTypeScript || needsTsx);
  const isStripped = !isOther && !tsx && STRIPPED.has(extension) && canStrip(nodeFlags);
  const isWanted = isTypeScript || needsTsx || (tsx !== undefined && leadsToTypeScript(entry));
  if (!isWanted || isOther) return { tsx: undefined, isStripped: false };
  if (tsx === undefined && (needsTsx || !isStripped)) {
    const what = needsTsx ? 'for --tsconfig' : `to run ${extension} files`;
    throw new Error(`tsx is needed ${what}. Install it with: npm install -D tsx`);
  }
  if (tsx !== undefined) checkPeer('tsx', tsx);
  return { tsx, isStripped };
}

/** @param isNeeded then the one that came with holdover will do */
function resolveTsx(entry: string, isNeeded: boolean): string | undefined {
  const ownBase = isNeeded ? [import.meta.url] : [];
  for (const base of [`${dirname(entry)}/`, `${process.cwd()}/`, ...ownBase]) {
    try {
      return createRequire(base).resolve('tsx');
    } catch {
      // not from here
    }
  }
  return undefined;
}

/** Packages that run TypeScript, as `--import` and `--require` name them. */
const LOADERS =
  /^(ts-node|@swc-node\/register|@swc\/register|@babel\/register|esbuild-register|jiti|sucrase|ts-blank-space|amaro)(\/|$)/;

/** Whether the flags load something for TypeScript; tsx itself may be loaded twice where it is needed. */
function bringsLoader(nodeFlags: string[], isTypeScript: boolean): boolean {
  const words = [...nodeFlags, ...resolveNodeOptions().split(/\s+/)];
  return words.some((word, i) => {
    const [flag, value] =
      /^(?:-r|--require|--import|--(?:experimental-)?loader)(?:=(.*))?$/.exec(word) ?? [];
    if (flag === undefined) return false;
    const name = value ?? words[i + 1] ?? '';
    return LOADERS.test(name) || (!isTypeScript && /^tsx(\/|$)/.test(name));
  });
}

/** Whether Node runs TypeScript by itself. */
function canStrip(nodeFlags: string[]): boolean {
  const words = [...resolveNodeOptions().split(/\s+/), ...nodeFlags];
  const last = words.findLast((word) =>
    /^--(no-)?(experimental-)?(strip|transform)-types$/.test(word),
  );
  if (last !== undefined) return !last.startsWith('--no-');
  const { typescript } = process.features as { typescript?: string | false };
  return Boolean(typescript);
}

/** What a file imports or requires by its place, written out. In a comment it counts, too. */
const RELATIVE = /\b(?:from|import|require)\s*\(?\s*(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;

/** In the order in which Node looks for a file that is named without its extension. */
const JAVASCRIPT = ['', '.js', '.json', '.node', '/index.js', '/index.json'];
const INSTEAD = ['.ts', '.tsx', '.jsx', '.mts', '.cts', '/index.ts', '/index.tsx', '/index.jsx'];

/** Whether a JavaScript file imports TypeScript, or another one that does. */
function leadsToTypeScript(entry: string): boolean {
  const files = new Files();
  const seen = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, , name = ''] of read(file).matchAll(RELATIVE)) {
      const path = resolve(dirname(file), name);
      const found = files.find(path, JAVASCRIPT);
      if (found === undefined ? isInTypeScript(path, files) : TYPESCRIPT.has(extname(found)))
        return true;
      if (found !== undefined && /\.[cm]?js$/.test(found)) waiting.push(found);
    }
  }
  return false;
}

/** Whether a file that is not there is in TypeScript: `./a` is `a.ts`, and so is `./a.js`. */
function isInTypeScript(path: string, files: Files): boolean {
  const written = path.replace(/\.([cm]?)js$/, '.$1ts');
  const others = written === path ? [] : [written, written.replace(/\.ts$/, '.tsx')];
  return others.some((other) => files.has(other)) || files.find(path, INSTEAD) !== undefined;
}

/** The files that are there: it looks into each folder once. */
class Files {
  readonly #names = new Map<string, ReadonlySet<string>>();

  /** The first one of a path with one of some ends. */
  find(path: string, ends: string[]): string | undefined {
    return ends.map((end) => path + end).find((file) => this.has(file));
  }

  has(path: string): boolean {
    const folder = dirname(path);
    const names = this.#names.get(folder) ?? listFiles(folder);
    this.#names.set(folder, names);
    return names.has(basename(path));
  }
}

/** Links count as files: what they lead to is seen when it is read. */
function listFiles(folder: string): ReadonlySet<string> {
  try {
    const found = readdirSync(folder, { withFileTypes: true });
    return new Set(found.filter((one) => !one.isDirectory()).map(({ name }) => name));
  } catch {
    return new Set();
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Node will say so
  }
}

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

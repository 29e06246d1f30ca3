import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import envPaths from 'env-paths';
import pc from 'picocolors';
import { DEFAULT_LIFETIME, toTtl } from './session/lifetime.ts';
import type { StorageOptions } from './storage/open.ts';

/** What can be said about where and how sessions are stored. All of it has a default. */
export interface Options {
  /**
   * Where the session files lie. Relative to the project root.
   * @default SESSION_FILE_DIR, or `.holdover/sessions` in the root of the project that owns the entry
   */
  directory?: string | undefined;
  /**
   * How long a login lasts when its cookie does not say, in milliseconds.
   * @default 7 days
   */
  lifetime?: number | undefined;
  /**
   * Keeps the sessions of several apps or stores in one directory apart: letters, digits, `-`, `_`.
   * @default "default"
   */
  namespace?: string | undefined;
}

/** Options with every question answered. Below this nobody applies a default. */
export interface ResolvedOptions extends StorageOptions {
  /** The root of the project, absolute. */
  root: string;
  /** Milliseconds. */
  lifetime: number;
}

/** What `sessionOptions()` needs to know of the environment. */
interface ResolvedCookieOptions {
  isProduction: boolean;
  /** SESSION_SECRET, newest first; empty when it is not set. */
  secrets: string[];
}

/**
 * Set by `holdover watch` for its child: the process id of the supervisor that listens, and whether
 * sockets are held. A process that the app starts inherits it and is not meant.
 */
export const SUPERVISOR_VARIABLE = 'HOLDOVER_SUPERVISOR';
const NO_HOLD = ' --no-hold';

/** The shortest secret that is taken, in characters. */
const SHORTEST_SECRET = 32;

/**
 * Answers every question that options leave open.
 *
 * @param entry the file that is run, or the folder that is served; it belongs to the project
 * @throws Error or TypeError, in one sentence, for a value that cannot be used
 */
export function resolveOptions(
  options: Options = {},
  entry: string | undefined = process.argv[1],
): ResolvedOptions {
  const root = findProjectRoot(entry);
  const { directory = process.env.SESSION_FILE_DIR || join('.holdover', 'sessions') } = options;
  const absolute = resolve(root, directory);
  const { lifetime = DEFAULT_LIFETIME, namespace = 'default' } = options;
  if (toTtl(lifetime) <= 0) {
    throw new Error(`The option lifetime must be more than 0 milliseconds, not ${lifetime}.`);
  }
  if (!/^[A-Za-z0-9_-]+$/.test(namespace)) {
    throw new Error(
      `The option namespace may have letters, digits, "-" and "_", and ${JSON.stringify(namespace)} has others.`,
    );
  }
  return {
    directory: absolute,
    displayDirectory: toDisplay(absolute),
    root,
    lifetime,
    namespace,
    sealingSecret: checkSecret('SESSION_KEY', process.env.SESSION_KEY || undefined),
    stateDirectory: resolveStateDirectory(),
    log: logToTerminal,
  };
}

/**
 * What the environment says about cookies.
 *
 * @throws Error in production without a SESSION_SECRET, and for one that is too short
 */
export function resolveCookieOptions(): ResolvedCookieOptions {
  const isProduction = process.env.NODE_ENV === 'production';
  const secrets = (process.env.SESSION_SECRET ?? '').split(',').filter(Boolean);
  if (isProduction && secrets.length === 0) {
    throw new Error('SESSION_SECRET is not set. Production needs one of at least 32 characters.');
  }
  for (const secret of secrets) if (isProduction) checkSecret('SESSION_SECRET', secret);
  return { isProduction, secrets };
}

/**
 * Whether the memory stores of frameworks are adopted: always in development, in production only
 * when SESSION_TYPE=filesystem asks for it.
 *
 * @param isProduction @default what NODE_ENV says; a dev server is none, whatever it says
 * @throws Error for a SESSION_TYPE that is not known
 */
export function resolveAdoption(isProduction = process.env.NODE_ENV === 'production'): boolean {
  const type = process.env.SESSION_TYPE || undefined;
  if (type !== undefined && type !== 'filesystem' && type !== 'memory') {
    throw new Error(`SESSION_TYPE is ${JSON.stringify(type)}. Set it to filesystem or memory.`);
  }
  return type === 'filesystem' || (type === undefined && !isProduction);
}

/** Whether a supervisor of `holdover watch` has started this process and listens to it. */
export function resolveSupervised(): boolean {
  const [pid] = (process.env[SUPERVISOR_VARIABLE] ?? '').split(' ');
  return process.send !== undefined && pid === String(process.ppid);
}

/** Whether the supervisor that has started this process is gone. */
export function resolveOrphaned(): boolean {
  const isOfSupervisor = isMainThread && process.env[SUPERVISOR_VARIABLE] !== undefined;
  return isOfSupervisor && !resolveSupervised();
}

/** Whether the supervisor holds the sockets of this process. */
export function resolveHold(): boolean {
  return resolveSupervised() && process.env[SUPERVISOR_VARIABLE]?.endsWith(NO_HOLD) === false;
}

/** The environment of an app that a supervisor runs. */
export function resolveChildEnvironment(hold: boolean): NodeJS.ProcessEnv {
  return { ...process.env, [SUPERVISOR_VARIABLE]: `${process.pid}${hold ? '' : NO_HOLD}` };
}

/** The editor that the developer seems to use, by name: the terminal that it brings, or $VISUAL. */
export function resolveEditor(): string {
  const { CURSOR_TRACE_ID, TERM_PROGRAM, TERMINAL_EMULATOR, VISUAL, EDITOR } = process.env;
  if (CURSOR_TRACE_ID) return 'cursor';
  if (TERM_PROGRAM === 'vscode' || TERM_PROGRAM === 'zed') return TERM_PROGRAM;
  if (TERMINAL_EMULATOR === 'JetBrains-JediTerm') return 'idea';
  const [command = ''] = (VISUAL || EDITOR || '').split(' ');
  const name = basename(command).replace(/\.(exe|cmd)$/, '');
  return name === 'code' ? 'vscode' : name;
}

/** The configuration that tsx reads, when it is not `tsconfig.json`. */
export function resolveTsconfig(): string | undefined {
  return process.env.TSX_TSCONFIG_PATH || undefined;
}

/** The options for Node that every process inherits. */
export function resolveNodeOptions(): string {
  return process.env.NODE_OPTIONS ?? '';
}

/**
 * The root of the project that owns a file or folder: the nearest folder upwards with a package.json
 * that says more than a module type. A file in node_modules is a tool, started in the project.
 */
export function findProjectRoot(entry: string | undefined): string {
  const isOfProject = entry !== undefined && existsSync(entry);
  const real = isOfProject ? realpathSync.native(entry) : undefined;
  const isTool = real?.split(sep).includes('node_modules') ?? true;
  const start = real && !isTool ? toFolder(real) : realCurrentDirectory();
  for (let folder = start; ; folder = dirname(folder)) {
    if (isPackageRoot(folder)) return folder;
    if (folder === dirname(folder)) return start;
  }
}

function toFolder(path: string): string {
  return statSync(path).isDirectory() ? path : dirname(path);
}

/** A path as a person would name it, from where they are. */
function toDisplay(path: string): string {
  const fromHere = relative(realCurrentDirectory(), path);
  return fromHere.startsWith('..') || fromHere === '' ? path : fromHere;
}

function realCurrentDirectory(): string {
  return realpathSync.native(process.cwd());
}

function isPackageRoot(folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return Object.keys(manifest as object).some((key) => key !== 'type');
  } catch {
    return false; // none, or one that is being edited
  }
}

/** env-paths names the state directory of Linux "log"; elsewhere there is none and data is kept as data. */
function resolveStateDirectory(): string {
  const paths = envPaths('holdover', { suffix: '' });
  return basename(dirname(paths.log)) === 'Logs' || process.platform === 'win32'
    ? paths.data
    : paths.log;
}

function checkSecret<T extends string | undefined>(name: string, secret: T): T {
  if (secret !== undefined && secret.length < SHORTEST_SECRET) {
    throw new Error(
      `${name} has ${secret.length} characters and needs at least ${SHORTEST_SECRET}. Make one with: node -p "crypto.randomBytes(32).toString('hex')"`,
    );
  }
  return secret;
}

/** Prints one line to stderr: what an app prints to stdout may be read by a program. */
export function logToTerminal(message: string): void {
  process.stderr.write(`${pc.cyan('[holdover]')} ${message}\n`);
}

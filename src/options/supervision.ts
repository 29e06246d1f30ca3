import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Set by `holdover watch` for its child: a `Supervision` as JSON. */
const SUPERVISOR_VARIABLE = 'HOLDOVER_SUPERVISOR';

/**
 * Makes Node report every module that a process loads, over its IPC channel: what `node --watch` uses.
 * `.ts` files through tsx and late dynamic imports are reported too, many of them more than once, and
 * without tsx the files that were looked for and not found. Packages are among them.
 *
 * The variable is not documented; it is the same from Node 20 to 24 and pinned by
 * `test/watch/dependencies.process.test.ts`. Without the reports only the entry is watched, and that is said.
 */
export const REPORT_DEPENDENCIES = { WATCH_REPORT_DEPENDENCIES: '1' };

/** What a supervisor says of itself. */
interface Supervision {
  /** The process that listens. */
  pid: number;
  /** The root of the project, absolute. */
  root: string;
  /** Whether sockets are held. */
  hold: boolean;
  /** What is kept of the app's memory, as it was typed. */
  keep?: string[];
}

/** What the supervisor has said to this process, shared by all copies of holdover in it. */
const SAID = Symbol.for('holdover.supervision.1');
const known = globalThis as { [SAID]?: Supervision };

/** What this process keeps of the memory of its children. */
let chosenKeep: string[] | undefined;

/** Whether a supervisor of `holdover watch` has started this process and listens to it. */
export function resolveSupervised(): boolean {
  return process.send !== undefined && takeSupervision()?.pid === process.ppid;
}

/** Whether the supervisor that has started this process is gone. */
export function resolveOrphaned(): boolean {
  return takeSupervision() !== undefined && !resolveSupervised();
}

/** Whether the supervisor holds the sockets of this process. */
export function resolveHold(): boolean {
  return resolveSupervised() && takeSupervision()?.hold === true;
}

/** The root of the project that the supervisor watches. */
export function resolveSupervisedRoot(): string {
  return takeSupervision()?.root ?? process.cwd();
}

/** What `holdover watch --keep` names, for the supervisor and its child alike. */
export function resolveChosenKeep(): string[] | undefined {
  return chosenKeep ?? takeSupervision()?.keep;
}

/** The environment of an app that a supervisor runs. */
export function resolveChildEnvironment(options: Omit<Supervision, 'pid'>): NodeJS.ProcessEnv {
  const { root, hold } = options;
  const keep = chosenKeep && { keep: chosenKeep };
  const supervision: Supervision = { pid: process.pid, root, hold, ...keep };
  const said = { [SUPERVISOR_VARIABLE]: JSON.stringify(supervision) };
  return { ...process.env, ...said, ...REPORT_DEPENDENCIES };
}

/**
 * Has Node report what this process loads, as `REPORT_DEPENDENCIES` does, out of sight. Node asks
 * `process.env` each time, and finds the variable on the prototype that `process.env` has to itself. Who
 * lists or copies the environment does not, nor do worker threads and child processes that inherit it. The
 * same on Node 20 to 24, pinned by `test/watch/descendants.process.test.ts`.
 *
 * @returns whether `process.env` has such a prototype
 */
export function reportDependencies(): boolean {
  const prototype = Object.getPrototypeOf(process.env) as object;
  if (prototype === Object.prototype) return false;
  for (const [name, value] of Object.entries(REPORT_DEPENDENCIES))
    Object.defineProperty(prototype, name, { value, configurable: true });
  return true;
}

/** What the supervisor has said is for this process alone: it is taken out of the environment. */
function takeSupervision(): Supervision | undefined {
  const said = isMainThread ? process.env[SUPERVISOR_VARIABLE] : undefined;
  if (said === undefined) return known[SAID];
  delete process.env[SUPERVISOR_VARIABLE];
  if (reportDependencies()) delete process.env.WATCH_REPORT_DEPENDENCIES;
  try {
    known[SAID] = JSON.parse(said) as Supervision;
  } catch {
    // by somebody else
  }
  return known[SAID];
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

/** Whether `node --test` runs this process: it sets the variable for each file, and leaves NODE_ENV alone. */
export function resolveTested(): boolean {
  return process.env.NODE_TEST_CONTEXT !== undefined;
}

/** Has this process, and what it starts, keep sessions in Redis. */
export function chooseRedis(): void {
  process.env.SESSION_TYPE = 'redis';
}

/** Has this process' children keep more of their memory than the project says. */
export function chooseKeep(places: string[] | undefined): void {
  chosenKeep = places;
}

/** Has tsx read another configuration in this process' children, as `tsx --tsconfig` does. */
export function chooseTsconfig(file: string): void {
  process.env.TSX_TSCONFIG_PATH = file;
}

/** Has tsx compile every file anew in this process' children, as `tsx --no-cache` does. */
export function chooseNoCache(): void {
  process.env.TSX_DISABLE_CACHE = '1';
}

/** Adds variables for this process, and what it starts; those that are set stay. */
export function addVariables(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
}

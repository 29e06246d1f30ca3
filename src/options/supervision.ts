import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * Set by `holdover watch` for its child: a `Supervision` as JSON. A process that the app starts inherits
 * it and is not meant.
 */
export const SUPERVISOR_VARIABLE = 'HOLDOVER_SUPERVISOR';

/** What a supervisor says of itself. */
interface Supervision {
  /** The process that listens. */
  pid: number;
  /** The root of the project, absolute. */
  root: string;
  /** Whether sockets are held. */
  hold: boolean;
}

/** Whether a supervisor of `holdover watch` has started this process and listens to it. */
export function resolveSupervised(): boolean {
  return process.send !== undefined && readSupervision()?.pid === process.ppid;
}

/** Whether the supervisor that has started this process is gone. */
export function resolveOrphaned(): boolean {
  const isOfSupervisor = isMainThread && process.env[SUPERVISOR_VARIABLE] !== undefined;
  return isOfSupervisor && !resolveSupervised();
}

/** Whether the supervisor holds the sockets of this process. */
export function resolveHold(): boolean {
  return resolveSupervised() && readSupervision()?.hold === true;
}

/** The root of the project that the supervisor watches. */
export function resolveSupervisedRoot(): string {
  return readSupervision()?.root ?? process.cwd();
}

/** The environment of an app that a supervisor runs. */
export function resolveChildEnvironment(options: Omit<Supervision, 'pid'>): NodeJS.ProcessEnv {
  const { root, hold } = options;
  const supervision: Supervision = { pid: process.pid, root, hold };
  return { ...process.env, [SUPERVISOR_VARIABLE]: JSON.stringify(supervision) };
}

function readSupervision(): Supervision | undefined {
  try {
    return JSON.parse(process.env[SUPERVISOR_VARIABLE] ?? '') as Supervision;
  } catch {
    return undefined; // not set, or by somebody else
  }
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

/** Has this process, and what it starts, keep sessions in Redis. */
export function chooseRedis(): void {
  process.env.SESSION_TYPE = 'redis';
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

import { isMainThread } from 'node:worker_threads';
import { chooseKeep, resolveChosenKeep } from '../options/environment.ts';

/** Set by `holdover watch` for its child: a `Supervision` as JSON. */
const SUPERVISOR_VARIABLE = 'HOLDOVER_SUPERVISOR';

/**
 * Makes Node report every module that a process loads, over its IPC channel: what `node --watch` uses. Node reports
 * `.ts` files through tsx and late dynamic imports too, many of them more than once, and files of packages. Without
 * tsx it also reports files that it looked for and did not find.
 *
 * The variable is not documented; it is the same from Node 20 to 24 and pinned by
 * `test/watch/dependencies.process.test.ts`. Without the reports only the entry is watched, and holdover says so.
 */
export const REPORT_DEPENDENCIES = { WATCH_REPORT_DEPENDENCIES: '1' };

/** What a supervisor tells its child. */
interface Supervision {
  /** Of the supervisor. */
  pid: number;
  /** The root of the project, absolute. */
  root: string;
  /** Whether the supervisor holds the listening sockets. */
  hold: boolean;
  /** The values of `--keep`, as typed. */
  keep?: string[];
}

/** The supervision of this process, shared by all copies of holdover in it. */
const SUPERVISION = Symbol.for('holdover.supervision.1');
const shared = globalThis as { [SUPERVISION]?: Supervision };

/** Whether `holdover watch` has started this process and listens to it. */
export function resolveSupervised(): boolean {
  return process.send !== undefined && takeSupervision()?.pid === process.ppid;
}

/** Whether the supervisor that has started this process has ended. */
export function resolveOrphaned(): boolean {
  return takeSupervision() !== undefined && !resolveSupervised();
}

/** Whether the supervisor holds the sockets of this process. */
export function resolveHold(): boolean {
  return resolveSupervised() && takeSupervision()?.hold === true;
}

/** Returns the root of the project that the supervisor watches. */
export function resolveSupervisedRoot(): string {
  return takeSupervision()?.root ?? process.cwd();
}

/** Returns the environment of an app that this process supervises. */
export function resolveChildEnvironment(options: Omit<Supervision, 'pid'>): NodeJS.ProcessEnv {
  const { root, hold } = options;
  const chosen = resolveChosenKeep();
  const keep = chosen && { keep: chosen };
  const supervision: Supervision = { pid: process.pid, root, hold, ...keep };
  const variable = { [SUPERVISOR_VARIABLE]: JSON.stringify(supervision) };
  return { ...process.env, ...variable, ...REPORT_DEPENDENCIES };
}

/**
 * Makes Node report what this process loads, as `REPORT_DEPENDENCIES` does, without a visible variable. Node asks
 * `process.env` each time, and finds the variable on the prototype that `process.env` has to itself. Code that lists
 * or copies the environment does not find it, nor do worker threads and child processes that inherit it. The same on
 * Node 20 to 24, pinned by `test/watch/descendants.process.test.ts`.
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

/** Reads the variable of the supervisor and removes it from the environment: it is for this process alone. */
function takeSupervision(): Supervision | undefined {
  const text = isMainThread ? process.env[SUPERVISOR_VARIABLE] : undefined;
  if (text === undefined) return shared[SUPERVISION];
  delete process.env[SUPERVISOR_VARIABLE];
  if (reportDependencies()) delete process.env.WATCH_REPORT_DEPENDENCIES;
  try {
    const supervision = JSON.parse(text) as Supervision;
    shared[SUPERVISION] = supervision;
    chooseKeep(supervision.keep);
  } catch {
    // holdover has not written it
  }
  return shared[SUPERVISION];
}

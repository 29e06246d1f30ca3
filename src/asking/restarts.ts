import { relative } from 'node:path';
import { toPrintable } from '../session/display/printable.ts';
import type { Crash } from './crash.ts';

/** One restart of an app, and what it led to. */
export interface Restart {
  /** From 1, one more for each. A new process begins again. */
  number: number;
  /** When it began: the save, the key, or the app's own end, in milliseconds since the epoch. */
  at: number;
  /** The changed files, relative to the current directory. */
  paths: string[];
  /** The reason for the restart if no file has changed. */
  reason: string | null;
  /**
   * `restart`: the app has started anew. `crash`: it has ended by itself, or could not start. `update`: Vite
   * has invalidated modules of server code, and evaluates them anew.
   */
  kind: 'restart' | 'crash' | 'update';
  /** The phases in their order, each with its milliseconds. */
  phases: [name: string, milliseconds: number][];
  /** Milliseconds from `at` until the app listened or answered; `null` if it did neither. */
  duration: number | null;
  /** How many requests waited. */
  requests: number;
  /** How many sessions were held over; `null` where holdover does not count them, as in Redis. */
  sessions: number | null;
  /** How many values of the app's memory were held over. */
  values: number;
  /** How many MCP clients were held over. */
  clients: number;
  /** `The app exited with code 1` */
  crash: string | null;
}

const MAX_RESTARTS = 200;

/** Crashes keep a part of the source, so fewer of them are remembered. */
const MAX_CRASHES = 20;

/** Returns a path relative to the current directory, printable. */
export function toShownPath(path: string): string {
  return toPrintable(relative(process.cwd(), path) || path);
}

/** The latest restarts of an app, in the memory of the process that runs it. */
export class Restarts {
  readonly #restarts: Restart[] = [];
  readonly #crashes = new Map<number, Crash>();
  #count = 0;

  /** @param crash for a restart that was a crash */
  add(restart: Omit<Restart, 'number' | 'crash'>, crash?: Crash): void {
    const number = ++this.#count;
    this.#restarts.push({ ...restart, number, crash: crash?.title ?? null });
    if (this.#restarts.length > MAX_RESTARTS) this.#restarts.shift();
    if (!crash) return;
    this.#crashes.set(number, crash);
    const [oldest = 0] = this.#crashes.keys();
    if (this.#crashes.size > MAX_CRASHES) this.#crashes.delete(oldest);
  }

  /** Returns the restarts with a higher number, the newest last. */
  since(number: number): Restart[] {
    return this.#restarts.filter((restart) => restart.number > number);
  }

  /** Returns the crash with this number, or null if it is no longer in memory. */
  crash(number: number): Crash | null {
    return this.#crashes.get(number) ?? null;
  }
}

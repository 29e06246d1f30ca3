import { relative } from 'node:path';
import { toPrintable } from '../session/display/printable.ts';
import type { Crash } from './crash.ts';
import type { Restart } from './restart.ts';

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

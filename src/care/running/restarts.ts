import { relative } from 'node:path';
import { toPrintable } from '../../session/display/printable.ts';
import type { Crash } from './crash.ts';
import type { Restart } from './restart.ts';

/** How many restarts are remembered. */
const MOST = 200;

/** Of how many crashes it is remembered what was said, with a part of the source. */
const MOST_CRASHES = 20;

/** A path as a person would name it, from where they are. */
export function toShownPath(path: string): string {
  return toPrintable(relative(process.cwd(), path) || path);
}

/** The latest restarts of an app, in the memory of the process that runs it. */
export class Restarts {
  readonly #restarts: Restart[] = [];
  readonly #crashes = new Map<number, Crash>();
  #count = 0;

  /** @param crash what was said of it, when it was one */
  add(restart: Omit<Restart, 'number' | 'crash'>, crash?: Crash): void {
    const number = ++this.#count;
    this.#restarts.push({ ...restart, number, crash: crash?.title ?? null });
    if (this.#restarts.length > MOST) this.#restarts.shift();
    if (!crash) return;
    this.#crashes.set(number, crash);
    const [oldest = 0] = this.#crashes.keys();
    if (this.#crashes.size > MOST_CRASHES) this.#crashes.delete(oldest);
  }

  /** Those with a higher number, the newest last. */
  since(number: number): Restart[] {
    return this.#restarts.filter((restart) => restart.number > number);
  }

  /** What was said of a crash, as long as it is remembered. */
  crash(number: number): Crash | null {
    return this.#crashes.get(number) ?? null;
  }
}

import type * as fs from 'node:fs';

/** The calls of node:fs that are counted; each may fail. */
const VERBS = [
  'chmodSync',
  'closeSync',
  'fchmodSync',
  'fstatSync',
  'futimesSync',
  'lstatSync',
  'mkdirSync',
  'openSync',
  'opendirSync',
  'readSync',
  'readdirSync',
  'renameSync',
  'unlinkSync',
  'writeFileSync',
  'writeSync',
] as const;

/** Decides which call fails. Armed by a test, for one operation. */
class Faults {
  calls: string[] = [];
  #failing: ((index: number) => boolean) | undefined;
  #code = 'EIO';
  #only = /./;

  /** From here on calls are counted, and those with these indexes, from 0 on, fail; `only` these are counted. */
  arm(failing: (index: number) => boolean, code: string, only: RegExp = /./): void {
    this.calls = [];
    this.#only = only;
    this.#failing = failing;
    this.#code = code;
  }

  /** @returns whether a call has failed */
  disarm(): boolean {
    const hasFailed = this.calls.some((_, index) => this.#failing?.(index));
    this.#failing = undefined;
    return hasFailed;
  }

  /** Throws when it is this call's turn. */
  meet(verb: string): void {
    if (!this.#failing || !this.#only.test(verb)) return;
    this.calls.push(verb);
    if (!this.#failing(this.calls.length - 1)) return;
    throw Object.assign(new Error(`${this.#code}: injected, ${verb}`), { code: this.#code });
  }
}

export const faults = new Faults();

/** node:fs, with each call counted and failing in its turn. For `vi.mock('node:fs', …)`. */
export function withFaults(original: typeof fs): typeof fs {
  const mocked: Record<string, unknown> = { ...original };
  for (const verb of VERBS) {
    const real = original[verb] as (...args: unknown[]) => unknown;
    mocked[verb] = (...args: unknown[]) => {
      faults.meet(verb);
      return real(...args);
    };
  }
  mocked.fsync = (fd: number, callback: (error: Error | null) => void) => {
    try {
      faults.meet('fsync');
    } catch (error) {
      setImmediate(callback, error as Error);
      return;
    }
    original.fsync(fd, callback);
  };
  return { ...mocked, default: mocked } as unknown as typeof fs;
}

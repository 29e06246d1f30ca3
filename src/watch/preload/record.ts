import { hookCompile, isPackageFile } from './compile-hook.ts';
import { hasSameNames, isSameIn, readEnvironment, type Environment } from './environment.ts';

/** A package file that code of the app has loaded, with the environment as it was then. */
export interface BoundaryLoad {
  file: string;
  /** Index in `environments`. */
  environment: number;
}

/** What one run of the app has loaded from node_modules. JSON all through. */
export interface PackageRecord {
  /** In the order in which they were loaded. */
  boundaries: BoundaryLoad[];
  environments: Environment[];
}

/** What is recorded is for a start; a package that is loaded after that is none of it. */
const RECORDED_FOR = 30_000; // milliseconds

let active: PackageRecorder | undefined;

class PackageRecorder {
  readonly #record: PackageRecord = { boundaries: [], environments: [] };
  /** Whether each file that is being evaluated is part of a package. */
  readonly #evaluating: boolean[] = [];
  readonly #end = performance.now() + RECORDED_FOR;

  evaluate(file: string, evaluate: () => unknown): unknown {
    const isPackage = isPackageFile(file);
    if (isPackage) this.note(file);
    this.#evaluating.push(isPackage);
    try {
      return evaluate();
    } finally {
      this.#evaluating.pop();
    }
  }

  note(file: string): void {
    if (this.#evaluating.at(-1) || performance.now() > this.#end) return;
    const { boundaries, environments } = this.#record;
    const now = readEnvironment();
    const last = environments.at(-1);
    const isSame = last && hasSameNames(last, now) && isSameIn(last, now, Object.keys(now));
    if (!isSame) environments.push(now);
    boundaries.push({ file, environment: environments.length - 1 });
  }

  take(): PackageRecord {
    return structuredClone(this.#record);
  }
}

/**
 * Records the packages that the app loads from now on, with the environment in which it does: no more
 * than 30 seconds of it, and a few microseconds for each file.
 *
 * Only the loads that begin outside of node_modules are in the record: what these load in turn, the
 * probe sees for itself.
 */
export function recordPackages(): { take(): PackageRecord; stop(): void } {
  const recorder = new PackageRecorder();
  const hook = hookCompile((_module, _content, filename, evaluate) =>
    recorder.evaluate(filename, evaluate),
  );
  active = recorder;
  return {
    take: () => recorder.take(),
    stop() {
      hook?.stop();
      if (active === recorder) active = undefined;
    },
  };
}

/** Tells the recorder of this process of a package that came from the shelf, without `_compile`. */
export function recordAdopted(file: string): void {
  active?.note(file);
}

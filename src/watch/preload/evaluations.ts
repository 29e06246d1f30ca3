import { isPackageFile } from './compile-hook.ts';
import type { Finding } from './plan.ts';
import { pathsBehind, stampOf } from './stamps.ts';

/** A module that is being evaluated, or `undefined` for the loader, for which modules are not liable. */
type Liable = Finding | undefined;

/** Which module is being evaluated, and what has been found out of each. */
export class Evaluations {
  readonly findings = new Map<string, Finding>();
  readonly #stack: Liable[] = [];
  /** Index of the environment that is in force. */
  environment = 0;

  /** The module whose code runs. */
  get current(): Liable {
    return this.#stack.at(-1);
  }

  isInProgress(file: string): boolean {
    return this.#stack.some((finding) => finding?.file === file);
  }

  /** Something that speaks against the module that is being evaluated; the first is kept. */
  offend(what: string): void {
    const finding = this.current;
    if (finding) finding.offence ??= what;
  }

  enter(file: string): Finding {
    const finding = this.#toFinding(file);
    this.findings.set(file, finding);
    this.#stack.push(finding);
    return finding;
  }

  leave(): void {
    this.#stack.pop();
  }

  /** Runs code of the loader, for which no module is liable. */
  outside<T>(run: () => T): T {
    this.#stack.push(undefined);
    try {
      return run();
    } finally {
      this.#stack.pop();
    }
  }

  /** Notes paths on disk that decide what the current module is. */
  stamp(paths: readonly string[]): void {
    const finding = this.current;
    if (!finding) return;
    const known = new Set(finding.stamps.map(({ path }) => path));
    for (const path of paths) if (!known.has(path)) finding.stamps.push(stampOf(path));
  }

  #toFinding(file: string): Finding {
    return {
      file,
      isShim: false,
      mayAskForMain: false,
      requires: [],
      touches: [],
      variables: [],
      listsVariables: false,
      questions: [],
      builtins: [],
      stamps: pathsBehind(file).map(stampOf),
      environment: this.environment,
      within: this.#stack.flatMap((finding) => finding?.file ?? []),
      offence: isPackageFile(file) ? undefined : 'is no package',
    };
  }
}

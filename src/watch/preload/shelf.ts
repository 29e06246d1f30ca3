import Module, { createRequire } from 'node:module';
import { Adoption, type ShelvedModule } from './adoption.ts';
import { ask } from './answers.ts';
import { hookCompile, type CommonJsModule } from './compile-hook.ts';
import { readEnvironment, replaceEnvironment, type Environment } from './environment.ts';
import { watchLeftovers } from './leftovers.ts';
import { loadAside, withSubstitutes } from './module-cache.ts';
import { ObjectStates } from './object-states.ts';
import { PATCHABLE } from './patchable.ts';
import { builtinsOf, type PreloadPlan } from './plan.ts';
import { isAsStamped } from './stamps.ts';
import { takeWorld } from './world.ts';

let shelf: Shelf | undefined;

/**
 * Loads the packages of a plan and puts them on the shelf of this process: to be called in a standby,
 * before any code of the app has run, and once.
 *
 * @returns the package that has left something behind after all; such a process must not run an app
 */
export function preload(plan: PreloadPlan): { offender: string | undefined } {
  const loading = new Shelf(plan);
  const offender = loading.fill();
  if (offender === undefined) shelf = loading;
  return { offender };
}

/**
 * Whether everything on disk that the shelf was filled from is as it was. When it is not, the process
 * should not run an app: Node has kept what package.json files said.
 */
export function isShelfFresh(): boolean {
  return shelf?.isFresh() ?? true;
}

/**
 * From here on packages that the app asks for come from the shelf where nobody can tell the difference,
 * and are loaded as ever where somebody could. To be called right before the entry runs, last of all
 * that wraps `_compile`.
 *
 * @param options.leastGain milliseconds; a package whose evaluation took less is evaluated rather than
 *   checked. @default 2
 */
export function openShelf({ leastGain = 2 }: { leastGain?: number } = {}): void {
  shelf?.open(leastGain);
}

/** Why files of the shelf were evaluated all the same; for `DEBUG` and tests. */
export function declinedByShelf(): ReadonlyMap<string, string> {
  return shelf?.declined ?? new Map();
}

/** The files that have come from the shelf so far, in order; for `DEBUG` and tests. */
export function takenFromShelf(): readonly string[] {
  return shelf?.taken ?? [];
}

type Evaluated = Pick<ShelvedModule, 'content' | 'environment' | 'took'>;

class Shelf {
  readonly #plan: PreloadPlan;
  readonly #shelved = new Map<string, ShelvedModule>();
  readonly #states = new ObjectStates(takeWorld(PATCHABLE).parts.map(({ target }) => target));
  #adoption: Adoption | undefined;

  constructor(plan: PreloadPlan) {
    this.#plan = plan;
  }

  get taken(): readonly string[] {
    return this.#adoption?.taken ?? [];
  }

  get declined(): ReadonlyMap<string, string> | undefined {
    return this.#adoption?.declined;
  }

  /** @returns the offender */
  fill(): string | undefined {
    const before = readEnvironment();
    const findLeftover = watchLeftovers(builtinsOf(this.#plan));
    const evaluated = new Map<string, Evaluated>();
    let environment: Environment = before;
    let inner = 0; // milliseconds of the modules that the current one has loaded
    const hook = hookCompile((_module, content, filename, evaluate) => {
      const start = performance.now();
      const outer = inner;
      inner = 0;
      const result = evaluate();
      const all = performance.now() - start;
      evaluated.set(filename, { content, environment, took: all - inner });
      inner = outer + all;
      return result;
    });
    let offender: string | undefined;
    const shims = this.#plan.modules.filter(({ isShim }) => isShim);
    const substitutes = new Map(
      shims.map(({ file, requires }) => [file, requires[0]?.file ?? file]),
    );
    const loaded = loadAside(() => {
      for (const root of this.#plan.roots) {
        environment = this.#plan.environments[root.environment] ?? before;
        replaceEnvironment(environment);
        withSubstitutes(substitutes, () => load(root.file));
        offender ??= findOffence(root.file, findLeftover);
      }
    });
    replaceEnvironment(before);
    hook?.stop();
    this.#shelve(loaded, evaluated, before);
    return offender;
  }

  /** In the order in which they were complete, JSON first. */
  #shelve(
    loaded: Map<string, CommonJsModule>,
    evaluated: Map<string, Evaluated>,
    environment: Environment,
  ): void {
    const questions = new Map(this.#plan.modules.map((module) => [module.file, module.questions]));
    const json = [...loaded.keys()].filter((file) => !evaluated.has(file));
    for (const file of [...json, ...evaluated.keys()]) {
      const module = loaded.get(file);
      if (!module) continue;
      const answers = (questions.get(file) ?? []).map(ask);
      const known = evaluated.get(file) ?? { content: undefined, environment, took: 0 };
      this.#shelved.set(file, { module, answers, ...known });
      this.#states.add(file, module.exports, (object) => object instanceof Module);
    }
  }

  isFresh(): boolean {
    return this.#plan.modules.every(({ stamps }) => stamps.every(isAsStamped));
  }

  open(leastGain: number): void {
    this.#adoption = new Adoption(this.#plan, this.#shelved, this.#states, leastGain);
  }
}

function load(file: string): void {
  try {
    createRequire(file)(file);
  } catch {
    // Then it is not on the shelf, and nor is what requires it.
  }
}

function findOffence(file: string, findLeftover: () => string | undefined): string | undefined {
  const leftover = findLeftover();
  return leftover && `${file} ${leftover}`;
}

import { ask } from './answers.ts';
import { hookCompile, type CommonJsModule, type CompileHook } from './compile-hook.ts';
import { hasSameNames, isSameIn, readEnvironment, type Environment } from './environment.ts';
import { countLoaderHooks } from './loader-hooks.ts';
import {
  cachedModule,
  cacheModule,
  isPlaceHeld,
  loadFor,
  replaceChild,
  setParent,
} from './module-cache.ts';
import { hasMain } from './main-module.ts';
import type { ObjectStates } from './object-states.ts';
import { first } from './first.ts';
import { builtinsOf, closureOf, type PlannedModule, type PreloadPlan } from './plan.ts';
import { recordAdopted } from './record.ts';
import { isAsStamped, type Stamp } from './stamps.ts';
import { findChange, takeWorld, type World } from './world.ts';

/** A module that is loaded and not handed out, with what its evaluation depended on. */
export interface ShelvedModule {
  module: CommonJsModule;
  /** The text that was evaluated; `undefined` for JSON. */
  content: string | undefined;
  environment: Environment;
  /** To the questions of its plan. */
  answers: unknown[];
  /** Milliseconds that its own evaluation took, without that of others. */
  took: number;
}

/**
 * Hands out modules of the shelf instead of evaluating them anew, where the app cannot tell the
 * difference: everything that their evaluation depended on is as it was, and everything that came to be
 * by it is handed out with them. A module that fails a check is evaluated as ever, and what it requires
 * is checked in turn.
 */
export class Adoption {
  readonly taken: string[] = [];
  /** Why files were not handed out. */
  readonly declined = new Map<string, string>();
  readonly #planned: ReadonlyMap<string, PlannedModule>;
  readonly #touchedBy = new Map<string, string[]>();
  readonly #shelved: ReadonlyMap<string, ShelvedModule>;
  readonly #live = new Map<string, CommonJsModule>();
  readonly #states: ObjectStates;
  readonly #leastGain: number;
  readonly #world: World;
  readonly #countHooks = countLoaderHooks();
  readonly #hooks = this.#countHooks();
  readonly #hook: CompileHook | undefined;

  /**
   * @param states the objects of the shelf, as they were when it was filled
   * @param leastGain milliseconds below which a module is evaluated rather than checked
   */
  constructor(
    plan: PreloadPlan,
    shelved: ReadonlyMap<string, ShelvedModule>,
    states: ObjectStates,
    leastGain: number,
  ) {
    this.#states = states;
    this.#leastGain = leastGain;
    this.#planned = new Map(plan.modules.map((module) => [module.file, module]));
    this.#shelved = shelved;
    for (const { file, touches } of plan.modules) {
      for (const touched of touches) {
        this.#touchedBy.set(touched, [...(this.#touchedBy.get(touched) ?? []), file]);
      }
    }
    this.#hook = hookCompile((module, content, filename, evaluate) => {
      const refusal = this.#shelved.has(filename) ? this.#refuse(content, filename) : 'not loaded';
      if (refusal === undefined) return this.#handOut(module, filename);
      if (this.#shelved.has(filename)) this.declined.set(filename, refusal);
      return evaluate();
    });
    this.#world = takeWorld(builtinsOf(plan));
  }

  /** Why a file must be evaluated; `undefined` when it need not. The cheap checks come first. */
  #refuse(content: string, filename: string): string | undefined {
    if (this.#live.has(filename)) return 'is loaded once more';
    if (!this.#hook?.isOutermost()) return 'somebody has wrapped _compile';
    if (this.#countHooks() !== this.#hooks) return 'loader hooks have been registered';
    if (this.#shelved.get(filename)?.content !== content) return 'has another text';
    const closure = closureOf(filename, this.#planned);
    const live = new Set(closure.filter((file) => this.#live.has(file)));
    const fresh = new Set(closure.filter((file) => !live.has(file)));
    let gain = 0;
    for (const file of fresh) gain += this.#shelved.get(file)?.took ?? 0;
    if (gain < this.#leastGain) return 'is evaluated as fast as it is checked';
    const refusal =
      first(live, (file) => this.#refuseLive(file)) ??
      first(fresh, (file) => this.#refuseFresh(file, filename, fresh)) ??
      this.#refuseSurroundings(fresh);
    if (refusal) return refusal;
    if (live.size > 0 && this.#states.hasChanged(live)) return 'a package that it uses has changed';
    const change = findChange(this.#world);
    return change && `the app has changed ${change}`;
  }

  /** A module that the app has already, from the shelf. */
  #refuseLive(file: string): string | undefined {
    const module = this.#live.get(file);
    if (cachedModule(file) !== module) return `${file} is no longer what it was`;
    const exports = this.#shelved.get(file)?.module.exports;
    if (exports !== undefined && module?.exports !== exports) return `${file} is replaced`;
    return undefined;
  }

  /** A module that would be handed out now. */
  #refuseFresh(file: string, root: string, fresh: ReadonlySet<string>): string | undefined {
    const planned = this.#planned.get(file);
    const shelved = this.#shelved.get(file);
    if (!shelved) return planned?.isShim ? this.#refuseShim(file) : `${file} is not on the shelf`;
    const cached = cachedModule(file);
    if (cached && file !== root && !isPlaceHeld(cached)) return `the app has its own ${file}`;
    if (!planned) return undefined; // JSON, whose stamp is with whoever requires it
    if (planned.mayAskForMain && hasMain()) return `${file} may ask for the main module`;
    const touched = planned.touches.find((other) => !fresh.has(other));
    if (touched) return `${file} touches ${touched}, which the app has had`;
    const toucher = this.#touchedBy.get(file)?.find((other) => !fresh.has(other));
    if (toucher) return `${file} has been touched by ${toucher}, which the app has not asked for`;
    return undefined;
  }

  /** What is outside of the process and of the modules: environment, system, disk. */
  #refuseSurroundings(fresh: ReadonlySet<string>): string | undefined {
    const now = readEnvironment();
    const stamps = new Map<string, Stamp>();
    for (const file of fresh) {
      const planned = this.#planned.get(file);
      for (const stamp of planned?.stamps ?? []) stamps.set(stamp.path, stamp);
      const shelved = this.#shelved.get(file);
      if (!planned || !shelved) continue;
      const { environment, answers } = shelved;
      const hasAllNames = !planned.listsVariables || hasSameNames(environment, now);
      if (!hasAllNames || !isSameIn(environment, now, planned.variables)) {
        return `the environment is another for ${file}`;
      }
      if (planned.questions.some((question, index) => ask(question) !== answers[index])) {
        return `the system is another for ${file}`;
      }
    }
    const stamp = first(stamps.values(), (known) => (isAsStamped(known) ? undefined : known));
    return stamp && `${stamp.path} has changed`;
  }

  /** It is loaded when it is handed out; only what it stands for is on the shelf. */
  #refuseShim(file: string): string | undefined {
    return cachedModule(file) && `the app has its own ${file}`;
  }

  #handOut(module: CommonJsModule, filename: string): undefined {
    recordAdopted(filename);
    const root = this.#shelved.get(filename)?.module as CommonJsModule;
    const parent = setParent(root, () => module.parent);
    if (parent) replaceChild(parent, module, root);
    module.exports = root.exports;
    this.#place(filename, undefined);
  }

  /** Into `require.cache`, in the order in which a cold start would have put them there. */
  #place(file: string, parent: CommonJsModule | undefined): void {
    if (this.#live.has(file)) return;
    const shelved = this.#shelved.get(file);
    if (!shelved) {
      if (parent) this.#placeShim(file, parent);
      return;
    }
    const { module } = shelved;
    const place = cachedModule(file);
    // What `import` has kept a place for has no parent.
    if (parent) setParent(module, () => (place ? place.parent : parent));
    if (parent && place) Object.assign(place, { exports: module.exports, loaded: true });
    cacheModule(file, module);
    this.#live.set(file, module);
    this.taken.push(file);
    module.children = [];
    for (const { file: required, by } of this.#planned.get(file)?.requires ?? []) {
      const requirer = cachedModule(by) ?? module;
      this.#place(required, requirer);
      const child = cachedModule(required);
      if (child && !requirer.children.includes(child)) requirer.children.push(child);
    }
  }

  /** What it stands for comes from the shelf in turn, through `_compile`. */
  #placeShim(file: string, parent: CommonJsModule): void {
    loadFor(parent, file);
    const module = cachedModule(file);
    if (module) this.#live.set(file, module);
  }
}

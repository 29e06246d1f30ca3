import { createHook } from 'node:async_hooks';
import Module from 'node:module';
import { extname, isAbsolute } from 'node:path';
import { inspect, types } from 'node:util';
import { watchCalledFunctions } from './called-functions.ts';
import { hookCompile, type CommonJsModule } from './compile-hook.ts';
import { targetOfShim } from './es-shims.ts';
import type { Evaluations } from './evaluations.ts';
import { mayAskForMain } from './main-module.ts';
import { Membrane, type Witness } from './membrane.ts';
import { ObjectStates } from './object-states.ts';
import { PATCHABLE } from './patchable.ts';
import { closureOf, type Finding } from './plan.ts';
import { watchStackReads } from './stack-reads.ts';
import { pathsOfSearch } from './stamps.ts';
import { lookupPaths, resolveFile } from './resolution.ts';
import {
  requireFile,
  watchGlobals,
  watchModuleArguments,
  watchRequire,
} from './watched-globals.ts';
import { findChange, takeWorld, type World } from './world.ts';

/** Watches all that modules do while they are evaluated, in a process that is thrown away. */
export class Watch {
  readonly #evaluations: Evaluations;
  readonly #takeCalled;
  readonly #states: ObjectStates;
  readonly #stack;
  #world: World;
  #prepare: unknown;
  /** Who has first changed what all share. */
  #changer: string | undefined;
  #promises: Promise<unknown>[] = [];
  #resources = createHook({
    init: (_id, type, _trigger, resource) => {
      if (resource instanceof Promise) this.#promises.push(resource);
      else this.#evaluations.offend(`creates an async resource: ${type}`);
    },
  });

  constructor(evaluations: Evaluations) {
    this.#evaluations = evaluations;
    void [process.stdout.isTTY, process.stderr.isTTY]; // looking at them is harmless once they are open
    const membrane = new Membrane(this.#witness());
    this.#states = new ObjectStates(takeWorld(PATCHABLE).parts.map(({ target }) => target));
    watchRequire(
      membrane,
      (request, parent, load) => this.#require(request, parent, load),
      (name) => add(evaluations.current?.builtins, name),
    );
    watchModuleArguments((what) => evaluations.offend(what));
    this.#stack = watchStackReads((what) => evaluations.offend(what));
    watchGlobals(membrane);
    hookCompile((module, content, filename, evaluate) =>
      this.#evaluate(module, content, filename, evaluate),
    );
    this.#world = takeWorld(PATCHABLE);
    this.#takeCalled = watchCalledFunctions();
    this.#resources.enable();
  }

  stop(): void {
    this.#resources.disable();
  }

  #witness(): Witness {
    const evaluations = this.#evaluations;
    return {
      isEvaluating: () => evaluations.current !== undefined,
      offend: (what: string) => evaluations.offend(what),
      ask: (question: string) => add(evaluations.current?.questions, question),
      readVariable: (name: string) => add(evaluations.current?.variables, name),
      listVariables() {
        if (evaluations.current) evaluations.current.listsVariables = true;
      },
    };
  }

  #evaluate(
    module: CommonJsModule,
    content: string,
    file: string,
    evaluate: () => unknown,
  ): unknown {
    const evaluations = this.#evaluations;
    this.#settle();
    const finding = evaluations.enter(file);
    const target = targetOfShim(file, content);
    if (target) return this.#evaluateShim(finding, target, evaluate);
    finding.mayAskForMain = mayAskForMain(content);
    // It would be evaluated in another world, and declined, since the app has this one by then.
    if (this.#changer) evaluations.offend(`comes after ${this.#changer}, which changes the world`);
    try {
      return evaluate();
    } catch (error) {
      evaluations.offend('throws');
      throw error;
    } finally {
      if (types.isModuleNamespaceObject(module.exports)) evaluations.offend('is an ES module');
      this.#settle();
      evaluations.leave();
      evaluations.outside(() =>
        this.#states.add(file, module.exports, (object) => this.#isInProgress(object)),
      );
    }
  }

  /** What Node does to load an ES module is not what the module does. */
  #evaluateShim(finding: Finding, target: string, evaluate: () => unknown): unknown {
    finding.isShim = true;
    finding.requires.push({ file: target, by: finding.file });
    try {
      return this.#evaluations.outside(evaluate);
    } finally {
      this.#evaluations.leave();
    }
  }

  /** What has happened since the last time is of the module that is being evaluated. */
  #settle(): void {
    const { current, findings } = this.#evaluations;
    const called = this.#takeCalled();
    const reachable = current ? closureOf(current.file, findings) : [];
    const { changed, change } = this.#evaluations.outside(() => this.#takeChanges(reachable));
    // One that is fulfilled, and that nobody waits for, is a value like others.
    const isOpen = this.#promises.some((promise) =>
      /^\w+ \{\s*<(?:pending|rejected)>/.test(inspect(promise)),
    );
    this.#promises = [];
    const prepare = this.#stack.left();
    const hasLeft = prepare !== this.#prepare;
    this.#prepare = prepare;
    if (change || hasLeft) this.#changer ??= current?.file ?? 'the loader';
    if (!current) return;
    // Whoever formats stacks in its own way puts the old one back before anybody else is evaluated.
    if (hasLeft) current.offence ??= 'changes Error.prepareStackTrace';
    if (isOpen) current.offence ??= 'creates an async resource: PROMISE';
    if (change) current.offence ??= `changes ${change}`;
    const touched = new Set([...called, ...changed]);
    for (const file of touched) {
      if (file === current.file || !findings.has(file)) continue;
      if (!current.touches.includes(file)) current.touches.push(file);
    }
  }

  #takeChanges(reachable: string[]): { changed: string[]; change: string | undefined } {
    const changed = this.#states.takeChanged(reachable);
    const change = findChange(this.#world);
    if (change) this.#world = takeWorld(PATCHABLE);
    return { changed, change };
  }

  #isInProgress(object: object): boolean {
    if (object instanceof Module) return true; // its exports are reached by themselves
    return [...this.#evaluations.findings.keys()].some(
      (file) => this.#evaluations.isInProgress(file) && requireFile.cache[file]?.exports === object,
    );
  }

  #require(request: string, parent: unknown, load: () => unknown): unknown {
    const evaluations = this.#evaluations;
    const { current } = evaluations;
    const from = parent as NodeJS.Module | null | undefined;
    if (from && !isAbsolute(request) && !request.startsWith('.')) {
      const places = evaluations.outside(() => lookupPaths(request, from));
      evaluations.stamp(pathsOfSearch(places, request));
    }
    const file = evaluations.outside(() => resolveFile(request, parent));
    if (current && file) {
      current.requires.push({ file, by: from?.filename ?? current.file });
      if (file.endsWith('.json')) evaluations.stamp([file]);
      else if (extname(file) === '.node') evaluations.offend('loads an addon');
    }
    const exports = evaluations.outside(load);
    const isKnown = !file || file.endsWith('.json') || evaluations.findings.has(file);
    if (!isKnown) evaluations.offend(`requires ${file}, which was there before or is no CommonJS`);
    return exports;
  }
}

function add(names: string[] | undefined, name: string): void {
  if (names && !names.includes(name)) names.push(name);
}

import { types } from 'node:util';
import { findExports, type AppScript, type AppScripts } from './app-scripts.ts';
import type { Closure, Inspector } from './inspector.ts';
import { textOf } from './objects.ts';

/** A variable of the app that its functions see. */
export interface SeenBinding {
  /** Whether `keep` can name it: it is at the top of its file, or in a named function there. */
  hasName: boolean;
  /** One value, or one for each call of its function. */
  values: Set<unknown>;
}

/** What esbuild, and so tsx, adds to a file: `__copyProps/key`, `storage_exports`. */
const OF_ESBUILD = /^__|^\w+_exports$/;

/** The variables of the app, those that any of its functions sees: by `server/storage.ts#storage`. */
export class Bindings {
  readonly found = new Map<string, SeenBinding>();
  readonly #scripts: AppScripts;
  readonly #exported: ReturnType<typeof findExports>;

  constructor(inspector: Inspector, scripts: AppScripts) {
    this.#scripts = scripts;
    this.#exported = findExports(scripts);
    for (const one of inspector.functions()) {
      const text = textOf(one);
      const closure = scripts.has(text) ? inspector.closure(one) : undefined;
      const script = closure && scripts.byId.get(closure.script);
      // Vite evaluates modules anew, and the old ones may live on for a while.
      const isNow = script && scripts.at(script.path) === script;
      if (isNow) this.#addAll(script, closure, text.startsWith('class'));
    }
  }

  #addAll(script: AppScript, closure: Closure, isClass: boolean): void {
    const { line, column } = closure;
    for (const [name, value, nth] of variablesOf(closure)) {
      if (typeof value === 'function') continue;
      const origin = script.source.origin(line, column, isClass, name, nth);
      if (origin?.is === 'imported') this.#addImported(script, origin.from, origin.name, value);
      else if (origin && !OF_ESBUILD.test(origin.name))
        this.#add(script, origin.name, value, origin.is === 'own');
    }
  }

  #addImported(script: AppScript, from: string, name: string, value: unknown): void {
    if (name === '*' && !this.#exported.has(value)) {
      for (const [one, { value: inner }] of membersOf(value))
        if (typeof inner === 'object') this.#addImported(script, from, one, inner);
      return;
    }
    const declared = this.#scripts.declared(script, from, name);
    if (declared) this.#add(...declared, value);
    // What CommonJS exports is known by what it is.
    else if (this.#exported.has(value)) this.#add(script, name, value);
  }

  #add(script: AppScript, name: string, value: unknown, hasName = true): void {
    const [owner, own] = this.#exported.get(value) ?? [script, name];
    if (owner !== script && own === 'default') this.#addExports(owner, value as object);
    else this.#put(owner, own, value, hasName);
  }

  /** What a CommonJS module exports is an object of its own, or its variables by their names. */
  #addExports(owner: AppScript, exported: object): void {
    const own = membersOf(exported).filter(([name]) => owner.source.declares(name));
    if (own.length === 0) this.#put(owner, 'default', exported);
    for (const [name, { value }] of own)
      if (typeof value === 'object') this.#put(owner, name, value);
  }

  #put(owner: AppScript, name: string, value: unknown, hasName = true): void {
    const key = `${this.#scripts.toName(owner.path)}#${name}`;
    const binding = this.found.get(key) ?? { hasName, values: new Set() };
    binding.values.add(value);
    this.found.set(key, binding);
  }
}

/** What a function sees, from the inside out; `nth` counts those of one name. */
function* variablesOf({ scopes }: Closure): Generator<[name: string, value: unknown, nth: number]> {
  const counts = new Map<string, number>();
  for (const scope of scopes) {
    for (const name of Object.keys(scope)) {
      const nth = counts.get(name) ?? 0;
      counts.set(name, nth + 1);
      yield [name, scope[name], nth];
    }
  }
}

/** @returns none of a module that is being evaluated: what is not there yet throws */
function membersOf(value: unknown): [name: string, descriptor: PropertyDescriptor][] {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return [];
  try {
    return Object.entries(Object.getOwnPropertyDescriptors(value));
  } catch {
    return [];
  }
}

import { isChanging, isHarmlessCall, isHarmlessGetter } from './harmless-calls.ts';
import { isOutward } from './effects.ts';
import { isQuestion } from './answers.ts';

/** Is told what the module that is being evaluated does. */
export interface Witness {
  /** Whether a module is being evaluated now. */
  isEvaluating(): boolean;
  /** Something that speaks against loading it in advance. */
  offend(what: string): void;
  /** It has read a variable of the environment. */
  readVariable(name: string): void;
  /** It has listed the names of all variables. */
  listVariables(): void;
  /** It has asked something that can be asked again. */
  ask(question: string): void;
}

/**
 * Stands between modules and what Node gives them. Every function of Node that is reached through it
 * and called, every change, every getter comes to the witness first; what is not known to be harmless
 * is an offence. Objects keep their prototypes, so that `instanceof` and `extends` work.
 */
export class Membrane {
  readonly #witness: Witness;
  readonly #proxies = new WeakMap<object, object>();
  readonly #originals = new WeakMap<object, object>();

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** @param path the name of a value: `fs.promises` */
  wrap(value: unknown, path: string): unknown {
    if (!isObject(value) || this.#originals.has(value)) return value;
    const known = this.#proxies.get(value);
    if (known) return known;
    const proxy = new Proxy(value, this.#handlerOf(path));
    this.#proxies.set(value, proxy);
    this.#originals.set(proxy, value);
    return proxy;
  }

  /** The environment, each name of which is told when it is read. */
  wrapEnvironment(env: object): object {
    const { offend, readVariable, listVariables } = this.#witness;
    const read = (name: string | symbol) => typeof name === 'string' && readVariable(name);
    const write = (target: object, name: string | symbol, value: string | undefined): boolean => {
      read(name);
      // `debug` deletes DEBUG when there is none, and sets it to what it is.
      if (Reflect.get(target, name) === value) return true;
      offend('sets the environment');
      return value === undefined
        ? Reflect.deleteProperty(target, name)
        : Reflect.set(target, name, value);
    };
    const proxy = new Proxy(env, {
      get: (target, name) => (read(name), Reflect.get(target, name)),
      has: (target, name) => (read(name), Reflect.has(target, name)),
      // `Object.keys` asks for each name whether it is enumerable, and reads no value by that.
      getOwnPropertyDescriptor: (target, name) =>
        name in target
          ? {
              get: () => (read(name), Reflect.get(target, name) as unknown),
              set: (value) => void write(target, name, String(value)),
              enumerable: true,
              configurable: true,
            }
          : (read(name), undefined),
      ownKeys: (target) => (listVariables(), Reflect.ownKeys(target)),
      set: (target, name, value) => write(target, name, String(value)),
      defineProperty: (target, name, { value }) => write(target, name, String(value)),
      deleteProperty: (target, name) => write(target, name, undefined),
    });
    this.#proxies.set(env, proxy);
    return proxy;
  }

  #handlerOf(path: string): ProxyHandler<object> {
    const { offend } = this.#witness;
    return {
      get: (target, key) => this.#get(target, key, path),
      set: (target, key, value) => (
        offend(`sets ${path}.${String(key)}`),
        Reflect.set(target, key, value)
      ),
      defineProperty: (target, key, descriptor) => (
        offend(`defines ${path}.${String(key)}`),
        Reflect.defineProperty(target, key, descriptor)
      ),
      deleteProperty: (target, key) => (
        offend(`deletes ${path}.${String(key)}`),
        Reflect.deleteProperty(target, key)
      ),
      setPrototypeOf: (target, prototype) => (
        offend(`changes the prototype of ${path}`),
        Reflect.setPrototypeOf(target, prototype)
      ),
      apply: (target, self, args: unknown[]) => {
        this.#call(path, args);
        const result: unknown = Reflect.apply(
          target as () => unknown,
          this.#originalOf(self),
          args.map((value) => (typeof value === 'function' ? value : this.#originalOf(value))),
        );
        return path.startsWith('diagnostics_channel.') ? this.wrap(result, `${path}()`) : result;
      },
      construct: (target, args: unknown[], newTarget) => {
        this.#call(path, args, true);
        const constructor = target as new () => object;
        const made = this.#originalOf(newTarget) === target ? constructor : newTarget;
        return Reflect.construct(constructor, args, made);
      },
    };
  }

  #get(target: object, key: string | symbol, path: string): unknown {
    const name = `${path}.${String(key)}`;
    if (isChanging(name)) this.#witness.offend(`reads ${name}`);
    const [holder, descriptor] = findProperty(target, key);
    if (!descriptor) return undefined;
    if (descriptor.get && !isHarmlessGetter(name)) this.#witness.offend(`reads ${name}`);
    const value = Reflect.get(target, key, target) as unknown;
    const isFixed = holder === target && !descriptor.configurable && !descriptor.writable;
    if (isFixed && !descriptor.get) return value;
    if (key === 'prototype' || key === 'constructor' || isOfLanguage(holder)) return value;
    return this.wrap(value, name);
  }

  #call(path: string, args: unknown[], isNew = false): void {
    if (isQuestion(path)) return this.#witness.ask(path);
    if (path === 'Date' && isNew && args.length > 0) return this.#witness.readVariable('TZ');
    if (path === 'Date.UTC') return undefined;
    if (path === 'Date.parse' || path.startsWith('Intl.')) return this.#witness.readVariable('TZ');
    if (isHarmlessCall(path)) return undefined;
    this.#witness.offend(`calls ${path}`);
    // Once is enough: the running app has done it.
    if (isOutward(path) && this.#witness.isEvaluating())
      throw new Error(`${path} is not called in a probe`);
    return undefined;
  }

  #originalOf(value: unknown): unknown {
    return (isObject(value) && this.#originals.get(value)) || value;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function findProperty(
  target: object,
  key: string | symbol,
): [holder: object, descriptor: PropertyDescriptor | undefined] {
  for (
    let holder: object | null = target;
    holder;
    holder = Object.getPrototypeOf(holder) as object
  ) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
    if (descriptor) return [holder, descriptor];
  }
  return [target, undefined];
}

/** `call`, `bind`, `toString`, `hasOwnProperty`, `map`: no business of Node. */
function isOfLanguage(holder: object): boolean {
  return [Function.prototype, Object.prototype, Array.prototype].includes(holder as never);
}

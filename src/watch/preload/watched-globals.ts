import Module, { createRequire, isBuiltin } from 'node:module';
import type { Membrane } from './membrane.ts';

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;

/** What ECMAScript gives. Nothing of it looks at the world, but for Date and Intl, which are watched. */
const LANGUAGE =
  /^(?:global|globalThis|Object|Function|Array|Number|parse(?:Float|Int)|Infinity|NaN|undefined|Boolean|String|Symbol|Promise|RegExp|(?:Aggregate|Eval|Range|Reference|Syntax|Type|URI)?Error|JSON|Math|(?:Big)?(?:Ui|I)nt(?:8|8Clamped|16|32|64)Array|Float(?:16|32|64)Array|(?:Shared)?ArrayBuffer|DataView|Map|BigInt|Set|Iterator|Weak(?:Map|Set|Ref)|Proxy|Reflect|FinalizationRegistry|(?:en|de)codeURI(?:Component)?|(?:un)?escape|eval|is(?:Finite|NaN)|Atomics)$/;

/** Puts the membrane before the globals of Node, the clock of the language, and process. */
export function watchGlobals(membrane: Membrane): void {
  membrane.wrapEnvironment(Object.getOwnPropertyDescriptor(process, 'env')?.value as object);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (LANGUAGE.test(name)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (!descriptor?.configurable) continue;
    const { get, value } = descriptor;
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: descriptor.enumerable ?? false,
      ...(get
        ? { get: () => membrane.wrap(get.call(globalThis), name), set: descriptor.set }
        : { writable: true, value: membrane.wrap(value, name) }),
    });
  }
}

/**
 * Puts the membrane before the builtins that are required, and sees every other `require`. `Module._load`
 * is not documented; Node 20 to 24, pinned by `test/watch/preload/probe.test.ts`.
 */
export function watchRequire(
  membrane: Membrane,
  around: (request: string, parent: unknown, load: () => unknown) => unknown,
  onBuiltin: (name: string) => void,
): void {
  const machinery = Module as unknown as { _load: Load };
  const load = machinery._load;
  machinery._load = function _load(request, parent, isMain) {
    const original = () => load.call(this, request, parent, isMain);
    if (!isBuiltin(request)) return around(request, parent, original);
    onBuiltin(request);
    return membrane.wrap(original(), request.replace(/^node:/, ''));
  };
}

/**
 * Shows the `require` and the `module` of each file: reading anything that tells who has loaded it is an
 * offence. Node has kept `Module.wrapper` since 0.x for whoever wants to change the text around a module.
 */
export function watchModuleArguments(offend: (what: string) => void): void {
  const watch = (require: object, module: object): [unknown, unknown] => [
    guard(require, 'require', ['main', 'cache', 'extensions', 'resolve'], offend),
    guard(module, 'module', ['parent', 'children', 'constructor', 'loaded'], offend),
  ];
  const wrapper = (Module as unknown as { wrapper: string[] }).wrapper;
  const name = '__holdoverWatch';
  Object.defineProperty(globalThis, name, { value: watch });
  wrapper[0] = `(function (e, r, m, f, d) { const w = ${name}(r, m); return (function (exports, require, module, __filename, __dirname) { `;
  wrapper[1] = `\n}).call(this, e, w[0], w[1], f, d); });`;
}

/** Reading one of these keys is an offence. */
function guard(
  target: object,
  name: string,
  keys: (string | symbol)[],
  offend: (what: string) => void,
): object {
  return new Proxy(target, {
    get(_target, key) {
      if (keys.includes(key)) offend(`reads ${name}.${String(key)}`);
      return Reflect.get(target, key) as unknown;
    },
  });
}

/** Loads as `require` of an absolute path does. */
export const requireFile = createRequire(import.meta.url);

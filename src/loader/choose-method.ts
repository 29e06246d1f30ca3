import Module from 'node:module';

/** A CommonJS module that has just been evaluated. */
export interface LoadedModule {
  filename: string;
  exports: unknown;
}

/** `Module.prototype._compile`: evaluates the text of a file. */
export type Compile = (
  this: LoadedModule,
  content: string,
  filename: string,
  ...rest: unknown[]
) => unknown;

/** Gives what is called for a module in place of `method`; `undefined` leaves it to that. */
export type ChooseMethod<Method> = (module: NodeJS.Module, method: Method) => Method | undefined;

/**
 * Has another function called for some modules in place of a method of `Module.prototype`. For the others
 * it is the one that is there, with no frame of ours on any stack: the method becomes a property that is
 * looked up for each module. An app that replaces it replaces what is there.
 *
 * `_compile`, which evaluates the text of a file, and `load` are not documented. They have been there since
 * Node 0.x and see `require`, `import` and tsx on 20, 22 and 24, where `Module._extensions` and
 * `module.registerHooks` are passed by tsx; `test/adopt/same-calls.process.test.ts` and
 * `test/watch/compile-ahead.process.test.ts` pin them.
 *
 * @returns whether this version of Node has it
 */
export function chooseMethod<Method>(
  name: '_compile' | 'load',
  choose: ChooseMethod<Method>,
): boolean {
  const { prototype } = Module as { prototype: object };
  const inherited = Object.getOwnPropertyDescriptor(prototype, name);
  if (!inherited || typeof (prototype as Record<string, unknown>)[name] !== 'function')
    return false;
  let replaced: Method | undefined;
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: inherited.enumerable ?? true,
    get(this: NodeJS.Module) {
      const method = (replaced ?? inherited.get?.call(this) ?? inherited.value) as Method;
      return (this !== prototype && choose(this, method)) || method;
    },
    set(this: unknown, value: Method) {
      if (this === prototype) replaced = value;
      // What pirates and others do: one module gets a function of its own.
      else Object.defineProperty(this, name, { ...PLAIN, value });
    },
  });
  return true;
}

const PLAIN = { configurable: true, enumerable: true, writable: true };

import vm from 'node:vm';

/**
 * Makes a function that stands in front of one of Node's module loader. In a stack it reads as Node's, so
 * what hides Node's frames hides it.
 *
 * @param text of an expression that is a function
 * @param names what it is given, by the names that it has in the text
 */
export function makeLoaderFunction<Made>(text: string, names: Record<string, unknown>): Made {
  const make = vm.compileFunction(`return ${text}`, Object.keys(names), {
    filename: 'node:internal/modules/cjs/loader',
  }) as (...values: unknown[]) => Made;
  return make(...Object.values(names));
}

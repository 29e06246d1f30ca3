type Method = (this: object, ...args: never[]) => unknown;
type Methods = Record<string, Method>;

interface MemoryStoreClass {
  prototype: object;
}

/**
 * Puts methods in the place of those of a memory store. A store whose class has one of them of its own is
 * left with those that it had: with some of each, what one writes the other would not find.
 *
 * @returns tells whether a store has them all
 */
export function replaceMethods(
  { prototype }: MemoryStoreClass,
  methods: object,
): (store: object) => boolean {
  const placed: Methods = {};
  const isWhole = (store: object): boolean =>
    Object.entries(placed).every(([name, method]) => (store as Methods)[name] === method);
  for (const [name, ours] of Object.entries(methods as Methods)) {
    const theirs = (prototype as Partial<Methods>)[name];
    const method: Method = function (...args) {
      return Reflect.apply(theirs && !isWhole(this) ? theirs : ours, this, args);
    };
    Object.defineProperties(method, { name: { value: name }, length: { value: ours.length } });
    placed[name] = method;
  }
  Object.assign(prototype, placed);
  return isWhole;
}

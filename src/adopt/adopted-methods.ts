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
  const ours = methods as Methods;
  const theirs = { ...toMethods(prototype, Object.keys(ours)) };
  const placed: Methods = {};
  const isWhole = (store: object): boolean =>
    Object.keys(placed).every((name) => (store as Methods)[name] === placed[name]);
  for (const [name, method] of Object.entries(ours)) {
    placed[name] = function (...args) {
      return Reflect.apply((isWhole(this) ? method : theirs[name]) ?? method, this, args);
    };
    Object.defineProperties(placed[name], {
      name: { value: name },
      length: { value: method.length },
    });
  }
  Object.assign(prototype, placed);
  return isWhole;
}

function toMethods(prototype: object, names: string[]): Partial<Methods> {
  return Object.fromEntries(
    names.flatMap((name) => (name in prototype ? [[name, (prototype as Methods)[name]]] : [])),
  );
}

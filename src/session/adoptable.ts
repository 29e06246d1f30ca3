/** Tells for the prototype of each memory store whether a store over it has all that was put there. */
const adoptable = new WeakMap<object, (store: object) => boolean>();

/** Whether a store is a memory store whose methods were replaced, in all that it does: its sessions are kept. */
export function isAdoptable(store: object): boolean {
  for (let at: object | null = store; at; at = Object.getPrototypeOf(at) as object | null) {
    const isWhole = adoptable.get(at);
    if (isWhole) return isWhole(store);
  }
  return false;
}

/** Whether the methods of a memory store were replaced. */
export function areReplaced(prototype: object): boolean {
  return adoptable.has(prototype);
}

/** Remembers that the methods of a memory store were replaced. */
export function noteReplaced(prototype: object, isWhole: (store: object) => boolean): void {
  adoptable.set(prototype, isWhole);
}

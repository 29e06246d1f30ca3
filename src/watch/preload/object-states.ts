import { types } from 'node:util';

/** What an object was: keys, values, and what it holds inside. */
type State = unknown[];

/**
 * The objects that can be reached from the exports of modules, and which module each belongs to: the
 * first that was complete and from which it could be reached. Finds changes that were made to them from
 * outside. What only closures hold is not seen here: it changes by calls, see `called-functions.ts`.
 */
export class ObjectStates {
  readonly #known = new Map<object, State>();
  readonly #owned = new Map<string, object[]>();
  readonly #shared = new Set<object>();

  /** Objects of everybody are not followed. */
  constructor(shared: Iterable<object>) {
    for (const object of shared) this.#shared.add(object);
  }

  /** Notes what a module that has been evaluated exports. */
  add(owner: string, exports: unknown, isInProgress: (object: object) => boolean): void {
    const open: unknown[] = [exports];
    const owned = this.#owned.get(owner) ?? [];
    this.#owned.set(owner, owned);
    while (open.length > 0) {
      const object = open.pop();
      if (!isObject(object) || this.#known.has(object) || this.#shared.has(object)) continue;
      if (isInProgress(object)) continue;
      const state = stateOf(object);
      this.#known.set(object, state);
      owned.push(object);
      open.push(...state);
    }
  }

  /** @returns those of the modules of which an object has changed since this was last asked */
  takeChanged(owners: Iterable<string>): string[] {
    const changed = new Set<string>();
    for (const owner of owners) {
      for (const object of this.#owned.get(owner) ?? []) {
        const now = stateOf(object);
        if (isSame(this.#known.get(object) ?? [], now)) continue;
        changed.add(owner);
        this.#known.set(object, now);
      }
    }
    return [...changed];
  }

  /** Whether an object of these modules is not as it was. */
  hasChanged(owners: ReadonlySet<string>): boolean {
    for (const owner of owners) {
      for (const object of this.#owned.get(owner) ?? []) {
        if (!isSame(this.#known.get(object) ?? [], stateOf(object))) return true;
      }
    }
    return false;
  }
}

function isSame(one: State, other: State): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (!Object.is(one[index], other[index])) return false;
  }
  return true;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function stateOf(object: object): State {
  // Nothing of a proxy can be read without running its code.
  if (types.isProxy(object)) return [];
  if (ArrayBuffer.isView(object))
    return [Buffer.from(object.buffer as ArrayBuffer).toString('latin1')];
  const state: State = [Object.getPrototypeOf(object), Object.isExtensible(object)];
  for (const key of Reflect.ownKeys(object)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(object, key) as PropertyDescriptor;
    state.push(key, descriptor.get ?? descriptor.value, descriptor.set);
  }
  if (types.isMap(object)) for (const [key, value] of object) state.push(key, value);
  else if (types.isSet(object)) state.push(...object);
  else if (types.isDate(object)) state.push(object.getTime());
  return state;
}

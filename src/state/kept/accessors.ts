import type { Accessors, Binding } from '../binding.ts';

/** A binding that is not initialised throws when it is read. */
export function readBinding({ get }: Binding): { value?: unknown; isThere: boolean } {
  try {
    return { value: get(), isThere: true };
  } catch {
    return { isThere: false };
  }
}

/** @param prefix what stands before their names in their keys */
export function toBindings(prefix: string, accessors: Accessors): Binding[] {
  return Object.entries(accessors).map(([name, { get, set }]) => ({
    key: `${prefix}${name}`,
    get,
    set,
  }));
}

/** A value, or a promise of it: a storage on this machine has it within the call, a server has it later. */
export type Eventually<T> = T | Promise<T>;

/** Goes on with a value: within the call when it is there, later when it is promised. */
export function andThen<T, U>(
  value: Eventually<T>,
  use: (value: T) => Eventually<U>,
): Eventually<U> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** All values of an iteration. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** Values of the last run that were put back into the app's memory. */
export interface ValuesPutBack {
  count: number;
  /** What they do not have any more: `storage.ts#storage.sessionStore (OwnStore)`. */
  leftOut: string[];
}

type Listener = (values: ValuesPutBack) => void;

export const NO_VALUES: ValuesPutBack = { count: 0, leftOut: [] };

let untold = NO_VALUES;
let listener: Listener | undefined;

/** Returns both together. */
export function addValues(some: ValuesPutBack, more: ValuesPutBack): ValuesPutBack {
  return { count: some.count + more.count, leftOut: [...some.leftOut, ...more.leftOut] };
}

/** Tells the listener that more values of the last run were put back. */
export function stateRehydrated(values: ValuesPutBack): void {
  untold = addValues(untold, values);
  tell();
}

/** Hears of values that were put back, each time of some more; of those before the call, too. */
export function onStateRehydrated(hear: Listener): void {
  listener = hear;
  tell();
}

function tell(): void {
  if (!listener || untold.count === 0) return;
  const values = untold;
  untold = NO_VALUES;
  listener(values);
}

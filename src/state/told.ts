/** What rooms hear of state that must not load the rest of this one. */

/** Values of the last run that were put back into the app's memory. */
export interface ValuesPutBack {
  count: number;
  /** What they do not have any more: `storage.ts#storage.sessionStore (OwnStore)`. */
  leftOut: string[];
}

type Listener = (values: ValuesPutBack) => void;

export const NO_VALUES: ValuesPutBack = { count: 0, leftOut: [] };

let untold = NO_VALUES;
let valuesListener: Listener | undefined;

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
  valuesListener = hear;
  tell();
}

function tell(): void {
  if (!valuesListener || untold.count === 0) return;
  const values = untold;
  untold = NO_VALUES;
  valuesListener(values);
}

let isForgotten = false;
let forgetListener: (() => void) | undefined;

/** Somebody wants this run to begin with what the code makes: nothing that was kept is put back. */
export function forgetState(): void {
  isForgotten = true;
  forgetListener?.();
}

/**
 * Hears that nothing is to be put back, before anything was; also when it was said earlier. What was kept is
 * to be removed then, so that the next run does not find it either.
 */
export function onForgetState(hear: () => void): void {
  forgetListener = hear;
  if (isForgotten) hear();
}

/** What a process can do for kept state before it is told to run the app. */
interface Ahead {
  /** Reads what the last run has left by now. Nothing is claimed, and nothing of the app is there yet. */
  read: () => void;
  /** Puts the loader hooks behind those of others: the entry is loaded next. */
  putHooksLast: () => void;
}

let ahead: Ahead | undefined;

/** Offers what can be done ahead, where something is kept. */
export function offerAhead(offered: Ahead): void {
  ahead = offered;
}

/** Reads kept state ahead, where something is kept. */
export function readStateAhead(): void {
  ahead?.read();
}

/** To be called when all loader hooks are registered, and before the entry is loaded. */
export function putStateHooksLast(): void {
  ahead?.putHooksLast();
}

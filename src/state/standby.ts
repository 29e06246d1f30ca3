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

import { Recent } from '../../session/recent.ts';

/** How many sessions of a store are remembered. */
const MOST = 10_000;

const begun = new WeakMap<object, Recent<true>>();

/**
 * Notes that a session of a store has nobody logged in, because it was begun just now or because that was
 * seen: whoever is logged in with it later has done so since the store was made.
 */
export function noteNobody(store: object, id: string): void {
  let ids = begun.get(store);
  if (!ids) begun.set(store, (ids = new Recent<true>(MOST)));
  ids.set(id, true);
}

/**
 * Whether the login of a session was made since its store was: in this process and, inside Vite, in this
 * evaluation of the app. Any other was held over.
 */
export function isOwnLogin(store: object, id: string): boolean {
  return begun.get(store)?.has(id) ?? false;
}

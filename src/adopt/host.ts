import { AsyncLocalStorage } from 'node:async_hooks';
import type { Sessions } from '../session/sessions.ts';

/** Opens the sessions of a namespace. */
export type OpenSessions = (namespace: string) => Sessions;

/** A dev server that evaluates modules of an app in its own process, again and again. */
export interface StoreHost {
  /** The folder that it serves, absolute; the host of a folder follows the one before. */
  root: string;
  /** The sessions of a namespace, the same for each evaluation. */
  open: OpenSessions;
}

interface Hosts {
  byRoot: Map<string, StoreHost>;
  /** The root of the host on whose behalf something runs. */
  current: AsyncLocalStorage<string>;
}

/** One for all copies of this module: a dev server may evaluate its configuration, and us, anew. */
const REGISTRY = Symbol.for('holdover.hosts.2');

const hosts = ((globalThis as { [REGISTRY]?: Hosts })[REGISTRY] ??= {
  byRoot: new Map(),
  current: new AsyncLocalStorage(),
});

/** From now on memory stores that the host's app makes are opened by it. */
export function addHost(host: StoreHost): void {
  hosts.byRoot.set(host.root, host);
}

/** The one on whose behalf this runs; outside of all of them the one that was there last. */
export function currentHost(): StoreHost | undefined {
  const root = hosts.current.getStore();
  return hosts.byRoot.get(root ?? '') ?? [...hosts.byRoot.values()].at(-1);
}

/** Runs something on behalf of a host: the answer to a request, and all that follows from it. */
export function runInHost<T>({ root }: StoreHost, run: () => T): T {
  return hosts.current.run(root, run);
}

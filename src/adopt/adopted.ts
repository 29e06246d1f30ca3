import { createDebug } from 'obug';
import type { Sessions } from '../session/sessions.ts';
import { currentHost, type OpenSessions } from './host.ts';
import { reportForeignStore } from './foreign-stores.ts';
import { noteStore } from './notes.ts';

const debug = createDebug('holdover:adopt');

/**
 * The SessionStores behind the memory stores that were adopted. Memory stores of one app are strangers
 * to each other, and stay so: each has a namespace of its own, made from what does not change when the
 * app is edited, its framework and the name of its cookie.
 *
 * A host evaluates modules of the app again and again, and each time makes the same stores anew: there
 * the same name is the same store.
 */
class AdoptedStores {
  readonly #stores = new WeakMap<object, Sessions>();
  readonly #namespaces = new Map<string, number>();
  #openSessions: OpenSessions = () => {
    throw new Error('Memory stores are adopted before it is said how sessions are opened.');
  };

  /** Says how sessions are opened where no host does it. */
  openWith(open: OpenSessions): void {
    this.#openSessions = open;
  }

  /** Opens the sessions behind an object, once. */
  open(adopted: object, framework: string, cookieName: string): Sessions {
    const known = this.#stores.get(adopted);
    if (known) return known;
    return this.#open(adopted, `${framework}-${toNamespacePart(cookieName)}`);
  }

  /** The sessions behind an object; one that was made by hand, outside the framework, is opened now. */
  of(adopted: object, framework: string): Sessions {
    return this.#stores.get(adopted) ?? this.#open(adopted, framework);
  }

  /** The sessions behind an object that is in use. */
  find(adopted: object): Sessions | undefined {
    return this.#stores.get(adopted);
  }

  #open(adopted: object, wanted: string): Sessions {
    const store = currentHost()?.open(wanted) ?? this.#openNext(wanted);
    this.#stores.set(adopted, store);
    return store;
  }

  #openNext(wanted: string): Sessions {
    const count = (this.#namespaces.get(wanted) ?? 0) + 1;
    // `toNamespacePart` makes no two lines in a row.
    const store = this.#openSessions(count === 1 ? wanted : `${wanted}__${count}`);
    this.#namespaces.set(wanted, count);
    return store;
  }
}

/** The stores that this process has adopted. */
export const adoptedStores = new AdoptedStores();

/** Names may have characters that namespaces may not: those are written as their code. */
export function toNamespacePart(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/g, (sign) => `_${sign.codePointAt(0)?.toString(16)}`);
}

/** Frameworks by the names of their packages. */
const PACKAGES = {
  express: 'express-session',
  fastify: '@fastify/session',
  hono: 'hono-sessions',
};

/** Stores that `createStore()` has made: they need no adoption. */
const OWN = Symbol.for('holdover.store.1');

/** Marks a store as one of ours, over these sessions. */
export function markOwn(store: object, sessions: Sessions): void {
  Object.defineProperty(store, OWN, { value: sessions });
}

/** Whether a store is one of ours. */
export function isOwn(store: object): boolean {
  return OWN in store;
}

/** The sessions of a store of ours that the app has named; `undefined` for any other. */
export function ownSessions(store: object | undefined): Sessions | undefined {
  return (store as { [OWN]?: Sessions } | undefined)?.[OWN];
}

/** What frameworks are told of a store. */
interface StoreOptions {
  store?: object;
}

/** Options with a store that is adopted, and what is behind it. */
interface AdoptedOptions<T> {
  options: T & { store: object };
  store: object;
  sessions: Sessions;
}

/** The memory stores of a framework. */
interface MemoryStores {
  create: new () => object;
  /** Whether a store is one that can be adopted. */
  isAdoptable: (store: object) => boolean;
}

/**
 * The options of an app with an adopted memory store in them; `undefined` when the app brings a store
 * of its own, which is left alone. The new options inherit from those of the app, so that every other
 * option is read from the app's own object.
 */
export function withAdoptedStore<T extends StoreOptions>(
  options: T | undefined,
  memoryStores: MemoryStores,
  framework: keyof typeof PACKAGES,
  cookieName: string,
): AdoptedOptions<T> | undefined {
  const store = options?.store ? options.store : new memoryStores.create();
  const sessions = openAdopted(store, memoryStores.isAdoptable, framework, cookieName);
  if (!sessions) return undefined;
  // @fastify/session assigns its defaults to what it is given, until its version 9.
  const placed = { value: store, writable: true };
  const inherited = Object.create(options ?? null, { store: placed }) as T;
  return { options: inherited as T & { store: object }, store, sessions };
}

/**
 * Opens the sessions behind the store that a framework has got, by the name of its cookie; `undefined` when it
 * is one of the app's own, which is left alone.
 */
export function openAdopted(
  store: object,
  isAdoptable: MemoryStores['isAdoptable'],
  framework: keyof typeof PACKAGES,
  cookieName: string,
): Sessions | undefined {
  const packageName = PACKAGES[framework];
  if (!isAdoptable(store)) {
    debug('the app brings its own store (%s): left alone', store.constructor?.name);
    if (!isOwn(store)) reportForeignStore(packageName, store);
    return undefined;
  }
  noteStore(packageName, 'adopted');
  return adoptedStores.open(store, framework, cookieName);
}

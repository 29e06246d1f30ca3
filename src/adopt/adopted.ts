import { createDebug } from 'obug';
import { isAdoptable } from '../session/adoptable.ts';
import type { Sessions } from '../session/sessions.ts';
import { reportForeignStore } from './foreign-stores.ts';
import { currentHost, type OpenSessions } from './host.ts';
import { noteStore } from './notes.ts';

const debug = createDebug('holdover:adopt');

/**
 * The sessions behind the memory stores that are adopted. The memory stores of one app do not share sessions, so each
 * has a namespace of its own, made from its framework and the name of its cookie: both stay as they are when the app is
 * edited. A dev server evaluates modules of the app again and again; there the same name is the same store.
 */
class AdoptedStores {
  readonly #stores = new WeakMap<object, Sessions>();
  readonly #counts = new Map<string, number>();
  #openSessions: OpenSessions = () => {
    throw new Error('Memory stores are adopted before it is said how sessions are opened.');
  };

  /** Says how sessions are opened where no dev server does it. */
  openWith(open: OpenSessions): void {
    this.#openSessions = open;
  }

  /** Returns the sessions behind a store in use, or undefined. */
  find(store: object): Sessions | undefined {
    return this.#stores.get(store);
  }

  /**
   * Returns the sessions behind a store, which are opened once.
   *
   * @param cookieName of its framework; without one the app uses the store outside of its framework
   */
  of(store: object, framework: string, cookieName?: string): Sessions {
    const known = this.#stores.get(store);
    if (known) return known;
    const name =
      cookieName === undefined ? framework : `${framework}-${toNamespacePart(cookieName)}`;
    const sessions = currentHost()?.open(name) ?? this.#openNext(name);
    this.#stores.set(store, sessions);
    return sessions;
  }

  #openNext(name: string): Sessions {
    const count = (this.#counts.get(name) ?? 0) + 1;
    // `toNamespacePart` makes no two lines in a row.
    const sessions = this.#openSessions(count === 1 ? name : `${name}__${count}`);
    this.#counts.set(name, count);
    return sessions;
  }
}

/** The stores that this process has adopted. */
export const adoptedStores = new AdoptedStores();

/** Writes characters that a namespace may not have as their codes. */
export function toNamespacePart(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/g, (sign) => `_${sign.codePointAt(0)?.toString(16)}`);
}

/** The packages of frameworks. */
const PACKAGES = { express: 'express-session', fastify: '@fastify/session', hono: 'hono-sessions' };

type Framework = keyof typeof PACKAGES;

/** Where a store that `createStore()` has made has its sessions: it needs no adoption. */
const OWN = Symbol.for('holdover.store.1');

/** Marks a store as one of ours, over these sessions. */
export function markOwn(store: object, sessions: Sessions): void {
  Object.defineProperty(store, OWN, { value: sessions });
}

/** Returns the sessions of a store of ours, or undefined for any other. */
export function ownSessions(store: object | undefined): Sessions | undefined {
  return (store as { [OWN]?: Sessions } | undefined)?.[OWN];
}

/**
 * Puts an adopted memory store into the options of an app.
 *
 * @returns `undefined` if the app brings a store of its own, which is left alone. Otherwise the options inherit from
 * those of the app, so that every other option is read from the app's own object.
 */
export function withAdoptedStore<T extends { store?: object }>(
  options: T | undefined,
  MemoryStore: new () => object,
  framework: Framework,
  cookieName: string,
) {
  const store = options?.store ? options.store : new MemoryStore();
  const sessions = openAdopted(store, framework, cookieName);
  if (!sessions) return undefined;
  // @fastify/session assigns its defaults to what it is given, until its version 9.
  const inherited = Object.create(options ?? null, {
    store: { value: store, writable: true },
  }) as T;
  return { options: inherited, store, sessions };
}

/** Opens the sessions behind the store that a framework has got; `undefined` if it is one of the app's own. */
export function openAdopted(
  store: object,
  framework: Framework,
  cookieName: string,
): Sessions | undefined {
  const packageName = PACKAGES[framework];
  if (isAdoptable(store)) {
    noteStore(packageName, 'adopted');
    return adoptedStores.of(store, framework, cookieName);
  }
  debug('the app brings its own store (%s): left alone', store.constructor?.name);
  if (!ownSessions(store)) reportForeignStore(packageName, store);
  return undefined;
}

import { resolveOptions } from '../options.ts';
import { SessionStore } from '../session/store.ts';
import { openStorage } from '../storage/open.ts';
import { storeOpened } from './opened.ts';

/**
 * The SessionStores behind the memory stores that were adopted. Memory stores of one app are strangers
 * to each other, and stay so: each has a namespace of its own, made from what does not change when the
 * app is edited, its framework and the name of its cookie.
 */
class AdoptedStores {
  readonly #stores = new WeakMap<object, SessionStore>();
  readonly #namespaces = new Map<string, number>();

  /** Opens the store behind an object, once. */
  open(adopted: object, framework: string, cookieName: string): SessionStore {
    const known = this.#stores.get(adopted);
    if (known) return known;
    return this.#open(adopted, toNamespace(framework, cookieName));
  }

  /** The store behind an object; one that was made by hand, outside the framework, is opened now. */
  of(adopted: object, framework: string): SessionStore {
    return this.#stores.get(adopted) ?? this.#open(adopted, framework);
  }

  #open(adopted: object, wanted: string): SessionStore {
    const count = (this.#namespaces.get(wanted) ?? 0) + 1;
    const options = resolveOptions({ namespace: count === 1 ? wanted : `${wanted}-${count}` });
    const store = new SessionStore(openStorage(options), options.lifetime);
    this.#namespaces.set(wanted, count);
    this.#stores.set(adopted, store);
    storeOpened(options);
    return store;
  }
}

/** The stores that this process has adopted. */
export const adoptedStores = new AdoptedStores();

/** Cookie names may have characters that namespaces may not: those are written as their code. */
function toNamespace(framework: string, cookieName: string): string {
  const safe = cookieName.replace(
    /[^A-Za-z0-9-]/g,
    (sign) => `_${sign.codePointAt(0)?.toString(16)}`,
  );
  return `${framework}-${safe}`;
}

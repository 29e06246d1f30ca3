import { andThen } from '../../session/eventually.ts';
import type { Sessions } from '../../session/sessions.ts';
import { isNew, noteHandedOut, type FrameworkSession } from '../cookies/cookie-expiry.ts';
import { Mirror, type Cache, type MemoryStore } from './mirror.ts';
import { whenRead, Writes, type Callback } from './writes.ts';

type Method = (this: MemoryStore, ...words: never[]) => unknown;

/** What is called of a store, of that which reads or writes sessions. */
export type Methods = Record<
  'get' | 'set' | 'touch' | 'destroy' | 'clear' | 'all' | 'ids' | 'length',
  Method
>;

/**
 * The methods of memorystore over its sessions. They call its own, which heed all of its options; the cache
 * on which those work shows what is stored, and what they write there is stored before they answer.
 *
 * @param sessionsOf finds the sessions behind a store
 */
export function createMethods(theirs: Methods, sessionsOf: (store: object) => Sessions): Methods {
  const open = (store: MemoryStore): { sessions: Sessions; mirror: Mirror; writes: Writes } => {
    const sessions = sessionsOf(store);
    return { sessions, mirror: new Mirror(store, sessions), writes: new Writes() };
  };
  const withAll = (name: 'all' | 'ids' | 'length'): Method =>
    function (this: MemoryStore, callback: unknown) {
      const { sessions, mirror } = open(this);
      const read = () => andThen(sessions.snapshot(), (all) => mirror.showAll(all));
      const given = name === 'all' ? handingOut(callback, Object.values) : callback;
      whenRead(read, callback, () => invoke(theirs[name], this, given));
    };
  return {
    get(id: string, callback: unknown) {
      const { sessions, mirror } = open(this);
      const read = () => andThen(sessions.get(id), (session) => mirror.show(id, session));
      const given = handingOut(callback, (session) => [session]);
      whenRead(read, callback, () => invoke(theirs.get, this, id, given));
    },
    set(id: string, session: FrameworkSession, callback: unknown) {
      const { sessions, mirror, writes } = open(this);
      const isRenewed = isNew(session);
      const view = withCache(this, {
        set(_: string, text: unknown, ttl: number) {
          mirror.put(id, text, ttl);
          writes.add(() =>
            sessions.set(id, mirror.toData(session, text, ttl), toTtl(ttl), isRenewed),
          );
        },
      });
      invoke(theirs.set, view, id, session, writes.before(callback));
    },
    touch(id: string, session: FrameworkSession, callback: unknown) {
      const { sessions, mirror, writes } = open(this);
      const read = () => andThen(sessions.find(id), (found) => mirror.show(id, found));
      const view = withCache(this, {
        set(_: string, text: unknown, ttl: number) {
          mirror.put(id, text, ttl);
          const { cookie } = session;
          writes.add(() => sessions.touch(id, toTtl(ttl), mirror.toData({ cookie }, text, ttl)));
        },
      });
      whenRead(read, callback, () =>
        invoke(theirs.touch, view, id, session, writes.before(callback)),
      );
    },
    destroy(ids: string | string[], callback: unknown) {
      const { sessions, writes } = open(this);
      const view = withCache(this, {
        del: (id: string) => {
          this.store.del(id);
          writes.add(() => sessions.destroy(id));
        },
      });
      invoke(theirs.destroy, view, ids, writes.before(callback));
    },
    clear(callback: unknown) {
      const { sessions, writes } = open(this);
      const view = withCache(this, {
        reset: () => {
          this.store.reset();
          writes.add(() => sessions.clear());
        },
      });
      invoke(theirs.clear, view, writes.before(callback));
    },
    all: withAll('all'),
    ids: withAll('ids'),
    length: withAll('length'),
  };
}

function invoke(method: Method, store: MemoryStore, ...words: unknown[]): void {
  Reflect.apply(method, store, words);
}

/** The same store with some methods of its cache in the place of others. */
function withCache(store: MemoryStore, methods: Partial<Cache>): MemoryStore {
  const cache = new Proxy(store.store, {
    get(target, name) {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
  return Object.create(store, { store: { value: cache } }) as MemoryStore;
}

/** Remembers that sessions were handed out, of which an app may store one again after a logout. */
function handingOut(callback: unknown, toSessions: (value: object) => unknown[]): unknown {
  if (typeof callback !== 'function') return callback;
  return (...words: unknown[]) => {
    const [, value] = words;
    if (typeof value === 'object' && value !== null) toSessions(value).forEach(noteHandedOut);
    (callback as Callback)(...words);
  };
}

/** The cache takes 0 for "never"; then a session lasts as long as the sessions of holdover do. */
function toTtl(ttl: unknown): number | undefined {
  const milliseconds = Number(ttl);
  return Number.isFinite(milliseconds) && milliseconds !== 0 ? milliseconds : undefined;
}

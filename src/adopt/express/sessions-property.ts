import { joinSession, splitSession, type FrameworkSession } from '../cookie-expiry.ts';
import type { Sessions } from '../../session/sessions.ts';

/**
 * Gives adopted stores the property `sessions` that express-session's MemoryStore has: the JSON of each
 * session by its id, which apps read that share sessions with a socket server. Before the
 * store is in use it is what the constructor has given; it is empty where sessions are on a server.
 *
 * @param prototype of the MemoryStore, whose constructor sets the property
 * @param isIt whether a store is adopted; another one has the property that it sets
 * @param find the sessions behind a store that is in use
 */
export function showSessions(
  prototype: object,
  isIt: (store: object) => boolean,
  find: (store: object) => Sessions | undefined,
): void {
  Object.defineProperty(prototype, 'sessions', {
    configurable: true,
    set(this: object, first: object) {
      const own = { configurable: true, enumerable: true };
      if (!isIt(this)) {
        Object.defineProperty(this, 'sessions', { ...own, value: first, writable: true });
        return;
      }
      let given = first;
      const shown = createView(() => find(this));
      const get = (): object => (find(this) ? shown : given);
      const set = (next: object): void => {
        given = next;
        void find(this)?.clear();
        if (find(this)) Object.assign(shown, next);
      };
      Object.defineProperty(this, 'sessions', { ...own, get, set });
    },
  });
}

function createView(find: () => Sessions | undefined): Record<string, string> {
  const local = (): Sessions | undefined => {
    const sessions = find();
    return sessions?.isRemote ? undefined : sessions;
  };
  const read = (id: string | symbol): string | undefined => {
    const session = typeof id === 'string' ? local()?.find(id) : undefined;
    return !session || session instanceof Promise
      ? undefined
      : JSON.stringify(joinSession(session));
  };
  return new Proxy(Object.create(null) as Record<string, string>, {
    get: (_, id) => read(id),
    has: (_, id) => read(id) !== undefined,
    ownKeys: () => local()?.ids() ?? [],
    getOwnPropertyDescriptor: (_, id) => {
      const value = read(id);
      return value === undefined
        ? undefined
        : { value, configurable: true, enumerable: true, writable: true };
    },
    set: (_, id, json) => {
      const { data, ttl } = splitSession(JSON.parse(String(json)) as FrameworkSession);
      void local()?.set(String(id), data, ttl, true);
      return true;
    },
    deleteProperty: (_, id) => {
      void local()?.destroy(String(id));
      return true;
    },
  });
}

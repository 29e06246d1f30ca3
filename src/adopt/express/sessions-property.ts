import { answerLater } from '../callback.ts';
import { readNow, splitSession, type FrameworkSession } from '../cookies/cookie-expiry.ts';
import type { Sessions } from '../../session/sessions.ts';

/**
 * Gives an adopted store the property `sessions` that express-session's MemoryStore has: the JSON of each
 * session by its id, which apps read that share sessions with a socket server. It is empty where sessions
 * are on a server. To set it is to store what it has, and nothing else.
 */
export function showSessions(store: object, sessions: Sessions): void {
  const shown = createView(sessions);
  Object.defineProperty(store, 'sessions', {
    configurable: true,
    enumerable: true,
    get: () => shown,
    set: (next: Record<string, string>) => {
      answerLater(() => sessions.clear(), undefined);
      Object.assign(shown, next);
    },
  });
}

function createView(sessions: Sessions): Record<string, string> {
  const local = sessions.isRemote ? undefined : sessions;
  const read = (id: string | symbol): string | undefined => {
    const session = typeof id === 'string' ? readNow(sessions, id) : undefined;
    return session && JSON.stringify(session);
  };
  return new Proxy(Object.create(null) as Record<string, string>, {
    get: (_, id) => read(id),
    has: (_, id) => read(id) !== undefined,
    ownKeys: () => sessions.ids(),
    getOwnPropertyDescriptor: (_, id) => {
      const value = read(id);
      return value === undefined
        ? undefined
        : { value, configurable: true, enumerable: true, writable: true };
    },
    set: (_, id, json) => {
      const { data, ttl } = splitSession(JSON.parse(String(json)) as FrameworkSession);
      if (local) answerLater(() => local.set(String(id), data, ttl, true), undefined);
      return true;
    },
    deleteProperty: (_, id) => {
      if (local) answerLater(() => local.destroy(String(id)), undefined);
      return true;
    },
  });
}

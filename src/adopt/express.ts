import { notice } from '../options/notice.ts';
import { sessionBegun } from '../history/seen-requests.ts';
import type { StoredSession } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { replaceMethods } from './adopted-methods.ts';
import { adoptedStores, withAdoptedStore } from './adopted.ts';
import { joinSession } from './cookie-expiry.ts';
import { useCookie, type CookieSettings } from './cookie.ts';
import { answerLater, createVerbs } from './verbs.ts';

interface SessionOptions {
  name?: string;
  /** The old name of `name`. */
  key?: string;
  store?: object;
  genid?: unknown;
  secret?: unknown;
  cookie?: CookieSettings;
}

interface ExpressSession {
  (options?: SessionOptions): unknown;
  MemoryStore: new () => object;
}

/** Adopts the MemoryStore of express-session. */
export function adoptExpressSession(exported: unknown): unknown {
  const session = exported as ExpressSession | undefined;
  if (typeof session?.MemoryStore !== 'function') return undefined;
  const { MemoryStore } = session;
  replaceMethods(
    MemoryStore,
    createVerbs((store) => adoptedStores.of(store, 'express'), answerLater),
  );
  return new Proxy(session, {
    apply(target, self, [options]: [SessionOptions?]) {
      const name = options?.name ?? options?.key ?? 'connect.sid';
      const adopted = withAdoptedStore(options, MemoryStore, 'express', name);
      const cookie = { framework: 'express-session', name, prefix: 's:', form: 'signed' as const };
      useCookie(cookie, options, adopted?.sessions);
      if (!adopted) return Reflect.apply(target, self, [options]);
      showCopy(adopted, 'sessions', toTexts, 'store.all(callback)');
      hearGenerated(adopted.store, options?.genid ? adopted.sessions : undefined);
      return Reflect.apply(target, self, [adopted.options]);
    },
  });
}

/**
 * Hears that a session is begun anew: a request came with no cookie or a bad one, or its session is gone.
 * express-session assigns `generate` to the store that it is given; this wraps what it assigns.
 *
 * @param issuing lifts the retirement of an id that the app gives out anew: with a `genid` that makes the same id twice,
 * `regenerate()` destroys it and then stores under it
 * @param onBegun hears of the request
 */
export function hearGenerated(
  target: object,
  issuing: Sessions | undefined,
  onBegun?: (request: object) => void,
): void {
  let generate: ((request: { sessionID?: unknown }) => void) | undefined;
  Object.defineProperty(target, 'generate', {
    configurable: true,
    enumerable: true,
    get: () => generate,
    set(assigned: typeof generate) {
      generate = (request) => {
        assigned?.call(target, request);
        sessionBegun(request, 'express-session');
        onBegun?.(request);
        if (typeof request.sessionID === 'string') issuing?.issue(request.sessionID);
      };
    },
  });
}

/**
 * Has the property in which a memory store keeps its sessions answer with a copy of them, which is empty where sessions
 * are on a server, and say once what to use instead.
 */
export function showCopy(
  { store, sessions }: { store: object; sessions: Sessions },
  property: 'sessions' | 'store',
  toCopy: (all: StoredSession[]) => unknown,
  instead: string,
): void {
  if (!(property in store)) return;
  Object.defineProperty(store, property, {
    configurable: true,
    enumerable: true,
    get() {
      notice(
        `The property ${property} of a memory store is a copy of its sessions, as holdover keeps them. Use ${instead}.`,
      );
      const all = sessions.isRemote ? [] : sessions.snapshot();
      return toCopy(all instanceof Promise ? [] : all);
    },
    set() {}, // an app that empties it goes on
  });
}

/** Returns the JSON of each session by its id. */
function toTexts(all: StoredSession[]): Record<string, string> {
  const texts = Object.create(null) as Record<string, string>;
  for (const session of all) texts[session.id] = JSON.stringify(joinSession(session));
  return texts;
}

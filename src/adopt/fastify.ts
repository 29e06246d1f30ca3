import { createRequire } from 'node:module';
import { sessionBegun } from '../history/seen-requests.ts';
import type { SessionData, StoredSession } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { replaceMethods } from './adopted-methods.ts';
import { adoptedStores, withAdoptedStore } from './adopted.ts';
import { showCopy } from './express.ts';
import { joinSession } from './cookie-expiry.ts';
import { useCookie, type CookieSettings } from './cookie.ts';
import { answerWithin, createVerbs, type StoreVerbs } from './verbs.ts';

interface SessionOptions {
  cookieName?: string;
  idGenerator?: (request: unknown) => unknown;
  store?: object;
  secret?: unknown;
  /** Of its signature. */
  algorithm?: string;
  cookiePrefix?: string;
  cookie?: CookieSettings;
}

type Plugin = (fastify: unknown, options: SessionOptions | undefined, next: unknown) => unknown;

interface FastifySession extends Plugin {
  default: Plugin;
  fastifySession: Plugin;
  MemoryStore: new () => object;
}

/** Makes the methods of a store for @fastify/session over its sessions. */
export function createFastifyVerbs(sessionsOf: (store: object) => Sessions): StoreVerbs {
  const { get, set, destroy } = createVerbs(sessionsOf, answerWithin);
  return { get, set, destroy };
}

/** Adopts the memory store of @fastify/session. */
export function adoptFastifySession(exported: unknown, file: string): unknown {
  const plugin = exported as FastifySession | undefined;
  if (typeof plugin?.MemoryStore !== 'function') return undefined;
  const { MemoryStore } = plugin;
  replaceMethods(
    MemoryStore,
    createFastifyVerbs((store) => adoptedStores.of(store, 'fastify')),
  );
  const adoptedPlugin = new Proxy(plugin, {
    apply(target, self, [fastify, options, next]: Parameters<Plugin>) {
      const { cookieName: name = 'sessionId', cookiePrefix: prefix = '' } = options ?? {};
      const adopted = withAdoptedStore(options, MemoryStore, 'fastify', name);
      const isPlain = (options?.algorithm ?? 'sha256') === 'sha256';
      const form = isPlain ? ('signed' as const) : ('sealed' as const);
      const cookie = { framework: '@fastify/session', name, prefix, form };
      const settings = { secure: true, ...options?.cookie };
      useCookie(cookie, { ...options, cookie: settings }, adopted?.sessions);
      if (!adopted) return Reflect.apply(target, self, [fastify, options, next]);
      showCopy(adopted, 'store', toMap, 'store.get(id, callback)');
      hearGenerated(adopted, file);
      return Reflect.apply(target, self, [fastify, adopted.options, next]);
    },
  });
  if (plugin.default === plugin) plugin.default = adoptedPlugin;
  if (plugin.fastifySession === plugin) plugin.fastifySession = adoptedPlugin;
  return adoptedPlugin;
}

/** Returns the sessions by their ids. */
function toMap(all: StoredSession[]): Map<string, SessionData> {
  return new Map(all.map((session) => [session.id, joinSession(session)]));
}

/**
 * Hears that a session is begun anew. An app that makes its own ids may make one twice: it is good again after a logout.
 * Without ids of its own the app gets those of the package, from the file where version 11 makes them.
 */
function hearGenerated(
  { options, sessions }: { options: SessionOptions; sessions: Sessions },
  file: string,
): void {
  const own = options.idGenerator;
  const generate = own ?? findGenerator(file);
  if (!generate) return;
  const value = (request: { raw?: unknown } | undefined): unknown => {
    const id = generate(request);
    sessionBegun(request?.raw, '@fastify/session');
    if (own && typeof id === 'string') sessions.issue(id);
    return id;
  };
  Object.defineProperty(options, 'idGenerator', { writable: true, value });
}

function findGenerator(file: string): SessionOptions['idGenerator'] {
  try {
    const generate = (createRequire(file)('./lib/idGenerator.js') as () => unknown)();
    return typeof generate === 'function' ? (generate as () => string) : undefined;
  } catch {
    return undefined; // another version: nothing is heard
  }
}

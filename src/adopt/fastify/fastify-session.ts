import { createRequire } from 'node:module';
import { createDebug } from 'obug';
import type { Sessions } from '../../session/sessions.ts';
import { watchSecret } from '../cookies/app-secret.ts';
import { isAdoptable } from '../../session/adoptable.ts';
import { replaceMethods } from '../adopted-methods.ts';
import { adoptedStores, ownSessions, withAdoptedStore } from '../adopted.ts';
import { answerWithin } from '../callback.ts';
import type { LoadedModule } from '../../loader/choose-method.ts';
import type { PackageVisit } from '../commonjs-hook.ts';
import { noteCookie } from '../notes.ts';
import { sessionBegun } from '../../history/seen-requests.ts';
import { addSignedCookie } from '../cookies/signed-cookies.ts';
import { createVerbs } from '../verbs.ts';
import { showInMap } from './store-map.ts';

const debug = createDebug('holdover:adopt');

interface SessionOptions {
  cookieName?: string;
  idGenerator?: (request: unknown) => unknown;
  store?: object;
  secret?: unknown;
  /** Of its signature. */
  algorithm?: string;
  cookiePrefix?: string;
  cookie?: { secure?: unknown; sameSite?: unknown };
}

type Plugin = (fastify: unknown, options: SessionOptions, next: unknown) => unknown;

interface FastifySessionModule extends Plugin {
  default: Plugin;
  fastifySession: Plugin;
  MemoryStore: new () => object;
}

/** Adopts the memory store of @fastify/session, in every copy that the app loads. */
export const fastifySession: PackageVisit = {
  name: '@fastify/session',
  mainFile: /[\\/]@fastify[\\/]session[\\/](index|lib[\\/]fastifySession)\.js$/,
  visit: adoptFastifySession,
};

function adoptFastifySession(module: LoadedModule): void {
  const plugin = module.exports as FastifySessionModule;
  if (typeof plugin?.MemoryStore !== 'function') {
    debug('%s has no MemoryStore: left alone', module.filename);
    return;
  }
  const { MemoryStore } = plugin;
  replaceMethods(
    MemoryStore,
    createVerbs((self) => adoptedStores.of(self, 'fastify'), answerWithin),
  );
  const memoryStores = { create: MemoryStore, isAdoptable };
  const adopted = new Proxy(plugin, {
    apply(target, self, [fastify, options, next]: Parameters<Plugin>) {
      const cookieName = options?.cookieName ?? 'sessionId';
      const withStore = withAdoptedStore(options, memoryStores, 'fastify', cookieName);
      const sessions = withStore?.sessions ?? ownSessions(options?.store);
      const { secret, cookie: given = {} } = options ?? {};
      const cookie = toCookie(cookieName, options);
      if (sessions) addSignedCookie(cookie, secret, sessions);
      if (!withStore) return Reflect.apply(target, self, [fastify, options, next]);
      const known = { framework: '@fastify/session', ...cookie };
      const settings = { ...given, secure: given.secure ?? true };
      noteCookie(known, secret, settings, watchSecret('@fastify/session', secret));
      showInMap(withStore.store, withStore.sessions);
      hearGenerated(withStore, module.filename);
      return Reflect.apply(target, self, [fastify, withStore.options, next]);
    },
  });
  if (plugin.default === plugin) plugin.default = adopted;
  if (plugin.fastifySession === plugin) plugin.fastifySession = adopted;
  module.exports = adopted;
  debug('adopted the MemoryStore of %s', module.filename);
}

function toCookie(
  name: string,
  { algorithm = 'sha256', cookiePrefix: prefix = '' }: SessionOptions = {},
) {
  const form = algorithm === 'sha256' ? ('signed' as const) : ('sealed' as const);
  return { name, prefix, form };
}

/**
 * Hears that a session is begun anew. An app that makes its own ids may make one twice: it is good
 * again after a logout.
 *
 * Without ids of its own the app gets those of the package, from where that has them in version 11;
 * where they are elsewhere, nothing is heard.
 */
function hearGenerated(
  { options, sessions }: { options: SessionOptions; sessions: Sessions },
  filename: string,
): void {
  const own = options.idGenerator;
  const generate = own ?? findGenerator(filename);
  if (!generate) return;
  Object.defineProperty(options, 'idGenerator', {
    writable: true,
    value: (request: { raw?: unknown } | undefined) => {
      const id: unknown = generate(request);
      sessionBegun(request?.raw, '@fastify/session');
      if (own && typeof id === 'string') sessions.issue(id);
      return id;
    },
  });
}

function findGenerator(filename: string): SessionOptions['idGenerator'] {
  try {
    const create = createRequire(filename)('./lib/idGenerator.js') as () => unknown;
    const generate = create();
    return typeof generate === 'function' ? (generate as () => string) : undefined;
  } catch {
    return undefined;
  }
}

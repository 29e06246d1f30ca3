import { createDebug } from 'obug';
import { watchSecret } from './app-secret.ts';
import { adoptedStores, withAdoptedStore } from './adopted.ts';
import type { LoadedModule, PackageVisit } from './commonjs-hook.ts';
import type { Sessions } from './sessions.ts';
import { createVerbs } from './verbs.ts';

const debug = createDebug('holdover:adopt');

interface SessionOptions {
  cookieName?: string;
  idGenerator?: (request: unknown) => unknown;
  store?: object;
  secret?: unknown;
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
  Object.assign(
    MemoryStore.prototype,
    createVerbs((self) => adoptedStores.of(self, 'fastify')),
  );
  const adopted = new Proxy(plugin, {
    apply(target, self, [fastify, options, next]: Parameters<Plugin>) {
      const cookieName = options?.cookieName ?? 'sessionId';
      const withStore = withAdoptedStore(options, MemoryStore, 'fastify', cookieName);
      if (!withStore) return Reflect.apply(target, self, [fastify, options, next]);
      watchSecret('@fastify/session', cookieName, options?.secret);
      if (options?.idGenerator) issueGenerated(withStore.options, withStore.sessions);
      return Reflect.apply(target, self, [fastify, withStore.options, next]);
    },
  });
  if (plugin.default === plugin) plugin.default = adopted;
  if (plugin.fastifySession === plugin) plugin.fastifySession = adopted;
  module.exports = adopted;
  debug('adopted the MemoryStore of %s', module.filename);
}

/** An app that makes its own ids may make one twice: it is good again after a logout. */
function issueGenerated(options: SessionOptions, sessions: Sessions): void {
  const { idGenerator } = options;
  Object.defineProperty(options, 'idGenerator', {
    value: (request: unknown) => {
      const id: unknown = idGenerator?.(request);
      // A failure here shows when the session is stored under that id.
      if (typeof id === 'string') sessions.issue(id).catch(() => {});
      return id;
    },
  });
}

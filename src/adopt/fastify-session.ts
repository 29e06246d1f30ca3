import { createDebug } from 'obug';
import { adoptedStores } from './adopted.ts';
import type { LoadedModule, PackageVisit } from './commonjs-hook.ts';
import { createFastifyVerbs } from './fastify-verbs.ts';

const debug = createDebug('holdover:adopt');

interface SessionOptions {
  cookieName?: string;
  store?: object;
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
    createFastifyVerbs((self) => adoptedStores.of(self, 'fastify')),
  );
  const adopted = new Proxy(plugin, {
    apply(target, self, [fastify, options, next]: Parameters<Plugin>) {
      const store = options?.store ?? new MemoryStore();
      if (!(store instanceof MemoryStore)) {
        debug('the app brings its own store (%s): left alone', store.constructor?.name);
        return Reflect.apply(target, self, [fastify, options, next]);
      }
      adoptedStores.open(store, 'fastify', options?.cookieName ?? 'sessionId');
      // Inherits, so that every other option is read from the app's own object.
      const withStore = Object.create(options ?? null, { store: { value: store } }) as object;
      return Reflect.apply(target, self, [fastify, withStore, next]);
    },
  });
  if (plugin.default === plugin) plugin.default = adopted;
  if (plugin.fastifySession === plugin) plugin.fastifySession = adopted;
  module.exports = adopted;
  debug('adopted the MemoryStore of %s', module.filename);
}

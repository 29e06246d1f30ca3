import { createDebug } from 'obug';
import type { SessionStore } from '../session/store.ts';
import { adoptedStores } from './adopted.ts';
import type { LoadedModule, PackageVisit } from './commonjs-hook.ts';
import { createExpressVerbs, reviveGenerated } from './express-verbs.ts';

const debug = createDebug('holdover:adopt');

interface SessionOptions {
  name?: string;
  /** The old name of `name`. */
  key?: string;
  store?: object;
  genid?: unknown;
}

interface ExpressSessionModule {
  (options?: SessionOptions): unknown;
  MemoryStore: new () => object;
}

/** Adopts the MemoryStore of express-session, in every copy that the app loads. */
export const expressSession: PackageVisit = {
  name: 'express-session',
  mainFile: /[\\/]express-session[\\/]index\.js$/,
  visit: adoptExpressSession,
};

function adoptExpressSession(module: LoadedModule): void {
  const session = module.exports as ExpressSessionModule;
  if (typeof session?.MemoryStore !== 'function') {
    debug('%s has no MemoryStore: left alone', module.filename);
    return;
  }
  const { MemoryStore } = session;
  Object.assign(
    MemoryStore.prototype,
    createExpressVerbs((self) => adoptedStores.of(self, 'express')),
  );
  module.exports = new Proxy(session, {
    apply(target, self, [options]: [SessionOptions?]) {
      const store = options?.store ?? new MemoryStore();
      if (!(store instanceof MemoryStore)) {
        debug('the app brings its own store (%s): left alone', store.constructor?.name);
        return Reflect.apply(target, self, [options]);
      }
      const cookieName = options?.name ?? options?.key ?? 'connect.sid';
      const sessions: SessionStore = adoptedStores.open(store, 'express', cookieName);
      if (options?.genid) reviveGenerated(store, sessions);
      // Inherits, so that every other option is read from the app's own object.
      const withStore = Object.create(options ?? null, { store: { value: store } }) as object;
      return Reflect.apply(target, self, [withStore]);
    },
  });
  debug('adopted the MemoryStore of %s', module.filename);
}

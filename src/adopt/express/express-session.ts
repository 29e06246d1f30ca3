import { createDebug } from 'obug';
import { watchSecret } from '../cookies/app-secret.ts';
import { isAdoptable } from '../../session/adoptable.ts';
import { replaceMethods } from '../adopted-methods.ts';
import { adoptedStores, ownSessions, withAdoptedStore } from '../adopted.ts';
import type { LoadedModule } from '../../loader/choose-method.ts';
import type { PackageVisit } from '../commonjs-hook.ts';
import { createExpressVerbs, hearGenerated } from './verbs.ts';
import { noteCookie } from '../notes.ts';
import { addSignedCookie } from '../cookies/signed-cookies.ts';
import { showSessions } from './sessions-property.ts';

const debug = createDebug('holdover:adopt');

interface SessionOptions {
  name?: string;
  /** The old name of `name`. */
  key?: string;
  store?: object;
  genid?: unknown;
  secret?: unknown;
  cookie?: { secure?: unknown; sameSite?: unknown };
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
  replaceMethods(
    MemoryStore,
    createExpressVerbs((self) => adoptedStores.of(self, 'express')),
  );
  const memoryStores = { create: MemoryStore, isAdoptable };
  module.exports = new Proxy(session, {
    apply(target, self, [options]: [SessionOptions?]) {
      const cookieName = options?.name ?? options?.key ?? 'connect.sid';
      const adopted = withAdoptedStore(options, memoryStores, 'express', cookieName);
      const sessions = adopted?.sessions ?? ownSessions(options?.store);
      const cookie = { name: cookieName, prefix: 's:', form: 'signed' as const };
      if (sessions) addSignedCookie(cookie, options?.secret, sessions);
      if (!adopted) return Reflect.apply(target, self, [options]);
      if ('sessions' in adopted.store) showSessions(adopted.store, adopted.sessions);
      const known = { framework: 'express-session', ...cookie };
      const onNewSecret = watchSecret('express-session', options?.secret);
      noteCookie(known, options?.secret, options?.cookie, onNewSecret);
      hearGenerated(adopted.store, options?.genid ? adopted.sessions : undefined);
      return Reflect.apply(target, self, [adopted.options]);
    },
  });
  debug('adopted the MemoryStore of %s', module.filename);
}

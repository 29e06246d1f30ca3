import { createRequire } from 'node:module';
import { createDebug } from 'obug';
import type { Sessions } from '../../session/sessions.ts';
import { isAdoptable, replaceMethods } from '../adopted-methods.ts';
import { adoptedStores, withAdoptedStore } from '../adopted.ts';
import type { LoadedModule } from '../../loader/choose-method.ts';
import type { PackageVisit } from '../commonjs-hook.ts';
import { hearKoa, type KoaContext, type KoaCookie } from './requests.ts';
import { createKoaVerbs, PREFIX } from './verbs.ts';

const debug = createDebug('holdover:adopt');

const NAME = 'koa-generic-session';

type MakeId = (this: KoaContext, length: number) => unknown;

interface SessionOptions {
  key?: string;
  store?: object;
  prefix?: string;
  genSid?: MakeId;
  sessionIdStore?: unknown;
  cookie?: KoaCookie;
}

interface GenericSessionModule {
  (options?: SessionOptions): unknown;
  MemoryStore: new () => object;
}

/** Adopts the MemoryStore of koa-generic-session 2, in every copy that the app loads. */
export const koaGenericSession: PackageVisit = {
  name: NAME,
  mainFile: /[\\/]koa-generic-session[\\/]lib[\\/]session\.js$/,
  visit: adoptGenericSession,
};

/** What stands before the ids of a store, from its first use on. */
const prefixes = new WeakMap<object, string>();

function prefixOf(store: object): string {
  const prefix = prefixes.get(store) ?? PREFIX;
  prefixes.set(store, prefix);
  return prefix;
}

function adoptGenericSession(module: LoadedModule): void {
  const session = module.exports as GenericSessionModule;
  if (!isPlainStore(session?.MemoryStore)) {
    debug('the MemoryStore of %s is not known: left alone', module.filename);
    return;
  }
  const { MemoryStore } = session;
  replaceMethods(
    MemoryStore,
    createKoaVerbs((self) => adoptedStores.of(self, 'koa'), prefixOf),
  );
  const memoryStores = { create: MemoryStore, isAdoptable };
  module.exports = new Proxy(session, {
    apply(target, self, [options]: [SessionOptions?]) {
      const cookieName = options?.key || 'koa.sid';
      const adopted = withAdoptedStore(options, memoryStores, 'koa', cookieName);
      if (!adopted) return Reflect.apply(target, self, [options]);
      const { store } = adopted;
      if (!prefixes.has(store)) prefixes.set(store, options?.prefix ?? PREFIX);
      hearGenerated(adopted, cookieName, module.filename);
      return Reflect.apply(target, self, [adopted.options]);
    },
  });
  debug('adopted the MemoryStore of %s', module.filename);
}

/** Version 1, for Koa 1, has generators in it. */
function isPlainStore(store: GenericSessionModule['MemoryStore'] | undefined): boolean {
  const { get } = (store?.prototype ?? {}) as { get?: unknown };
  return typeof get === 'function' && get.constructor.name === 'Function';
}

/**
 * Hears that a session is begun anew, and of the keys that sign its cookie. An app that makes its own ids
 * may make one twice: it is good again after a logout.
 */
function hearGenerated(
  { options, sessions }: { options: SessionOptions; sessions: Sessions },
  name: string,
  filename: string,
): void {
  const own = options.genSid;
  const generate = own || findGenerator(filename);
  if (!generate) return;
  const cookie = options.sessionIdStore ? undefined : { name, ...options.cookie };
  Object.defineProperty(options, 'genSid', {
    writable: true,
    async value(this: KoaContext, length: number) {
      const id = await Reflect.apply(generate, this, [length]);
      hearKoa(NAME, this, cookie);
      if (own && typeof id === 'string') sessions.issue(id);
      return id;
    },
  });
}

function findGenerator(filename: string): MakeId | undefined {
  try {
    const generate = createRequire(filename)('uid-safe') as unknown;
    return typeof generate === 'function' ? (generate as MakeId) : undefined;
  } catch {
    return undefined;
  }
}

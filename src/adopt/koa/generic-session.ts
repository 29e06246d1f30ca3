import { createRequire } from 'node:module';
import { createDebug } from 'obug';
import type { StoredSession } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';
import { isAdoptable } from '../../session/adoptable.ts';
import { replaceMethods } from '../adopted-methods.ts';
import { adoptedStores, withAdoptedStore } from '../adopted.ts';
import type { LoadedModule } from '../../loader/choose-method.ts';
import type { PackageVisit } from '../commonjs-hook.ts';
import { addKoaCookie, hearKoa, type KoaContext, type KoaCookie } from './requests.ts';
import { createKoaVerbs, PREFIX } from './verbs.ts';

const debug = createDebug('holdover:adopt');

const NAME = 'koa-generic-session';

type MakeId = (this: KoaContext, length: number) => unknown;

type IsValid = (context: KoaContext, session: unknown) => unknown;

type NamedCookie = KoaCookie & { name: string };

interface SessionOptions {
  key?: string;
  store?: object;
  prefix?: string;
  genSid?: MakeId;
  valid?: IsValid;
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
      const cookie = options?.sessionIdStore ? undefined : { ...options?.cookie, name: cookieName };
      const tellCookie = cookie ? toTeller(cookie, adopted.sessions) : () => {};
      hearFound(adopted.options, tellCookie);
      hearGenerated(adopted, cookie, tellCookie, module.filename);
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

/** Tells by which cookie an app finds sessions: Koa has its keys when a request comes. */
function toTeller(cookie: NamedCookie, sessions: Sessions): (context: KoaContext) => void {
  const known = new WeakSet<object>();
  const toSettings = ({ data }: StoredSession) => (data.cookie ?? {}) as KoaCookie;
  return ({ app }) => {
    if (!known.has(app)) addKoaCookie(app, cookie, sessions, { toSettings });
    known.add(app);
  };
}

/** Hears of a request that has a session, before the app does. */
function hearFound(options: SessionOptions, hear: (context: KoaContext) => void): void {
  const own = options.valid;
  Object.defineProperty(options, 'valid', {
    writable: true,
    value(context: KoaContext, session: unknown) {
      hear(context);
      return own ? Reflect.apply(own, undefined, [context, session]) : true;
    },
  });
}

/**
 * Hears that a session is begun anew, and of the keys that sign its cookie. An app that makes its own ids
 * may make one twice: it is good again after a logout.
 */
function hearGenerated(
  { options, sessions }: { options: SessionOptions; sessions: Sessions },
  cookie: NamedCookie | undefined,
  tellCookie: (context: KoaContext) => void,
  filename: string,
): void {
  const own = options.genSid;
  const generate = own || findGenerator(filename);
  if (!generate) return;
  Object.defineProperty(options, 'genSid', {
    writable: true,
    async value(this: KoaContext, length: number) {
      const id = await Reflect.apply(generate, this, [length]);
      hearKoa(NAME, this, cookie);
      tellCookie(this);
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

import { createDebug } from 'obug';
import { TOKENS } from '../../session/logins.ts';
import { replaceMethod } from '../adopted-methods.ts';
import { adoptedStores } from '../adopted.ts';
import { reportForeignStore } from '../foreign-stores.ts';
import { noteKeys, type KoaCookie } from '../koa/requests.ts';
import type { ModuleVisit } from '../module-hook.ts';
import { noteStore } from '../notes.ts';
import { createAdapterMethods, type Places } from './methods.ts';

const debug = createDebug('holdover:adopt');

const NAME = 'oidc-provider';

interface MemoryAdapter {
  /** What it stores: of one provider, or `undefined` for what all of them share. */
  store?: object;
}

type AdapterClass = new (model: string) => MemoryAdapter;

/** What a provider knows of itself. */
interface Internals {
  configuration: { adapter?: unknown; cookies: { long: KoaCookie } };
  /** What makes adapters of this provider; in older versions of 9 the class, whose store all providers share. */
  Adapter: AdapterClass | ((model: string) => MemoryAdapter);
}

interface Provider {
  issuer: string;
  keys?: unknown;
  cookieName(type: 'session'): string;
}

type RegisterResponseMode = (this: Provider, ...words: unknown[]) => unknown;

type Verb = (this: MemoryAdapter, ...words: unknown[]) => unknown;

/** What was seen of a copy of the package. */
interface Copy {
  MemoryAdapter?: AdapterClass;
  internalsOf?: (provider: Provider) => Internals | undefined;
}

const copies = new Map<string, Copy>();

function copyOf(file: string): Copy {
  const [folder = ''] = file.split(/[\\/]lib[\\/](?!.*[\\/]lib[\\/])/);
  const copy = copies.get(folder) ?? {};
  copies.set(folder, copy);
  return copy;
}

/** What is kept of providers, by what their adapters have in common. */
const places = new WeakMap<object, Places>();

function keyOf(adapter: MemoryAdapter): object {
  return adapter.store ?? (Object.getPrototypeOf(adapter) as object);
}

/**
 * Adopts the MemoryAdapter of oidc-provider 9, of every provider that has no adapter of the app's own:
 * logins, and all that belongs to them. Providers are told apart by their issuers.
 */
export const oidcProvider: ModuleVisit[] = [
  {
    name: NAME,
    file: /[\\/]oidc-provider[\\/]lib[\\/]adapters[\\/]memory_adapter\.js$/,
    exported: 'MemoryAdapter',
    visit(exported, file) {
      const MemoryAdapter = exported as AdapterClass;
      copyOf(file).MemoryAdapter = MemoryAdapter;
      replaceMethods(MemoryAdapter.prototype as object);
    },
  },
  {
    name: NAME,
    file: /[\\/]oidc-provider[\\/]lib[\\/]helpers[\\/]weak_cache\.js$/,
    exported: 'get',
    visit(exported, file) {
      copyOf(file).internalsOf = exported as Copy['internalsOf'];
    },
  },
  {
    name: NAME,
    file: /[\\/]oidc-provider[\\/]lib[\\/]provider\.js$/,
    exported: 'Provider',
    visit(exported, file) {
      const { prototype } = exported as { prototype: object };
      hearProviders(prototype, (provider) => adopt(provider, copyOf(file)));
    },
  },
];

/** Those of a class over it, or of an adapter by hand, stay as they are. */
function replaceMethods(prototype: object): void {
  const ours = createAdapterMethods((adapter) => places.get(keyOf(adapter)) as Places);
  for (const [name, own] of Object.entries(ours) as [string, Verb][]) {
    replaceMethod(prototype, name, (theirs: Verb) => {
      return function (this: MemoryAdapter, ...words) {
        const isAdopted = Object.getPrototypeOf(this) === prototype && places.has(keyOf(this));
        return Reflect.apply(isAdopted ? own : theirs, this, words);
      };
    });
  }
}

/**
 * Hears of providers as they are made. The constructor registers the modes of responses when the provider has
 * its adapter, in all versions of 9; where it would not, nothing is heard and nothing adopted.
 * `test/adopt/oidc-provider.process.test.ts` pins it, and the names of what a provider knows of itself.
 */
function hearProviders(prototype: object, hear: (provider: Provider) => void): void {
  const seen = new WeakSet<Provider>();
  replaceMethod(prototype, 'registerResponseMode', (register: RegisterResponseMode) => {
    return function (this: Provider, ...words) {
      if (!seen.has(this)) {
        seen.add(this);
        hear(this);
      }
      return Reflect.apply(register, this, words);
    };
  });
}

function adopt(provider: Provider, { MemoryAdapter, internalsOf }: Copy): void {
  const internals = internalsOf?.(provider);
  if (!MemoryAdapter || !internals?.configuration || !internals.Adapter) {
    debug('the adapter of %s is not known: left alone', provider.issuer);
    return;
  }
  const { configuration, Adapter } = internals;
  const given = configuration.adapter ?? MemoryAdapter;
  if (given !== MemoryAdapter) {
    const { prototype = {} } = given as { prototype?: object };
    reportForeignStore(NAME, Object.create(prototype) as object);
    return;
  }
  const make = Adapter as (model: string) => MemoryAdapter;
  const adapter = Adapter === MemoryAdapter ? new MemoryAdapter('Client') : make('Client');
  open(keyOf(adapter), adapter.store && provider.issuer);
  noteStore(NAME, 'adopted');
  // An app may give it keys after it was made.
  queueMicrotask(() => {
    const cookie = { ...configuration.cookies?.long, name: provider.cookieName('session') };
    noteKeys(NAME, provider, cookie, ' as cookies.keys');
  });
}

/** @param issuer of the only provider that has this; none when it is shared */
function open(key: object, issuer: string | undefined): void {
  if (places.has(key)) return;
  const openOne = (adopted: object, framework: string) =>
    issuer === undefined
      ? adoptedStores.of(adopted, framework)
      : adoptedStores.open(adopted, framework, issuer);
  places.set(key, { logins: openOne(key, NAME), tokens: openOne({}, TOKENS) });
}

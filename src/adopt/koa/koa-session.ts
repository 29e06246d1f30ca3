import { replaceMethod } from '../adopted-methods.ts';
import { isOwn, ownSessions } from '../adopted.ts';
import { reportForeignStore } from '../foreign-stores.ts';
import type { ModuleVisit } from '../module-hook.ts';
import { noteLeftAlone } from '../notes.ts';
import { toKey } from './verbs.ts';
import { addKoaCookie, hearKoa, noteKeys, type KoaContext, type KoaCookie } from './requests.ts';

const NAME = 'koa-session';

interface Options extends KoaCookie {
  key: string;
  externalKey?: unknown;
  store?: object;
  ContextStore?: { prototype: object };
}

/** Checks the options that an app gives koa-session 7. */
interface Schema {
  parse(options: Options): unknown;
}

/** The session of one request. */
interface ContextSession {
  ctx: KoaContext;
  opts: Options;
  store?: object;
  /** Begins a session with this data; without it, anew. */
  create(data?: object, key?: string): void;
}

/** Hears of the options that an app gives koa-session 7. */
const ofOptions: ModuleVisit = {
  name: NAME,
  file: /[\\/]koa-session[\\/]dist[\\/](esm|commonjs)[\\/]index\.js$/,
  exported: 'SessionOptions',
  visit(exported) {
    const schema = exported as Schema;
    const { parse } = schema;
    if (typeof parse !== 'function') return;
    schema.parse = (options) => {
      const checked = parse(options);
      noteOptions(options);
      return checked;
    };
  },
};

function noteOptions({ store, ContextStore }: Options): void {
  // It makes one for each request.
  const given = ContextStore ? (Object.create(ContextStore.prototype) as object) : store;
  if (!given) noteLeftAlone(NAME, 'it keeps its sessions in the cookie', true);
  else if (!isOwn(given)) reportForeignStore(NAME, given);
}

/** Hears of the keys that sign the cookie, and of sessions in a store of ours that are begun anew. */
const ofRequests: ModuleVisit = {
  name: NAME,
  file: /[\\/]koa-session[\\/]dist[\\/](esm|commonjs)[\\/]context\.js$/,
  exported: 'ContextSession',
  visit(exported) {
    const { prototype } = exported as { prototype: ContextSession };
    replaceMethod(prototype, 'create', (create: ContextSession['create']) => {
      return function (this: ContextSession, data, key) {
        noteRequest(this, data === undefined);
        Reflect.apply(create, this, [data, key]);
      };
    });
  },
};

function noteRequest({ ctx, opts, store }: ContextSession, isAnew: boolean): void {
  if (opts.externalKey) return;
  const cookie = { ...opts, name: opts.key };
  const sessions = ownSessions(store);
  if (sessions) addKoaCookie(ctx.app, cookie, sessions, { toSettings: () => opts, toText: toKey });
  if (isAnew && store && isOwn(store)) hearKoa(NAME, ctx, cookie);
  else noteKeys(NAME, ctx.app, cookie);
}

/**
 * Has koa-session 7 say where its sessions are: it keeps them in the cookie, or in a store of the app's own,
 * and has none in memory.
 */
export const koaSession = [ofOptions, ofRequests];

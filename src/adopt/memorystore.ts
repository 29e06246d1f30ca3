import type { Sessions } from '../session/sessions.ts';
import { andThen } from '../session/eventually.ts';
import { replaceMethods } from './adopted-methods.ts';
import { adoptedStores } from './adopted.ts';
import type { FrameworkSession } from './cookie-expiry.ts';
import { answerAllLater, createVerbs, type Callback } from './verbs.ts';

interface MemoryStore {
  options?: { ttl?: number | ((options: object, session: object, id: string) => number) };
}

type MakeClass = (...words: unknown[]) => new () => MemoryStore;

const sessionsOf = (store: object): Sessions => adoptedStores.of(store, 'express');

/** Adopts the classes that `memorystore` makes. Of the options of a store, `ttl` counts. */
export function adoptMemorystore(exported: unknown): unknown {
  if (typeof exported !== 'function') return undefined;
  return new Proxy(exported as MakeClass, {
    apply(target, self, words: Parameters<MakeClass>) {
      const made = Reflect.apply(target, self, words);
      if (typeof made === 'function') replaceMethods(made, createMethods());
      return made;
    },
  });
}

/** It has the methods of an express-session store, `ids`, and `destroy` of several ids at once. */
function createMethods() {
  const { destroy, ...verbs } = createVerbs(sessionsOf, answerAllLater, toTtl);
  return {
    ...verbs,
    destroy(this: object, id: string | string[], callback?: Callback) {
      const [first = '', ...others] = [id].flat();
      for (const one of others) destroy.call(this as never, one);
      destroy.call(this as never, first, callback);
    },
    ids(this: object, callback?: Callback<string[]>) {
      const toIds = () => andThen(sessionsOf(this).snapshot(), (all) => all.map(({ id }) => id));
      answerAllLater(toIds, callback);
    },
  };
}

function toTtl(store: object, session: FrameworkSession, id: string): number | undefined {
  const { options } = store as MemoryStore;
  const ttl = typeof options?.ttl === 'function' ? options.ttl(options, session, id) : options?.ttl;
  return typeof ttl === 'number' && Number.isFinite(ttl) && ttl !== 0 ? ttl : undefined;
}

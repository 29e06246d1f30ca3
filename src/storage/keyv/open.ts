import { requirePeer } from '../peer.ts';
import type { Keyv } from './records.ts';
import { KeyvStorage } from './storage.ts';

interface KeyvModule {
  Keyv: new (options: object) => Keyv;
}

/**
 * Opens sessions in a Keyv, or in a storage adapter of Keyv's or a Map, for which a Keyv is made.
 *
 * @param root the root of the project, which has keyv
 * @throws Error, in one sentence, for what is neither, or when keyv is not installed
 */
export function openKeyv(given: object, root: string, namespace: string): KeyvStorage {
  return new KeyvStorage(isKeyv(given) ? heed(given) : wrap(given, root), namespace);
}

function isKeyv(given: object): given is Keyv {
  return 'throwOnErrors' in given;
}

function wrap(given: object, root: string): Keyv {
  const { get, set } = given as Partial<Keyv>;
  if (typeof get !== 'function' || typeof set !== 'function') {
    throw new Error(
      'The option keyv is no Keyv and no storage adapter of one. Give it new Keyv().',
    );
  }
  const { Keyv: KeyvClass } = requirePeer('keyv', root) as KeyvModule;
  return heed(new KeyvClass({ store: given }));
}

/** Has errors reject, and not pass for an answer. They reach the caller; Keyv emits them as well. */
function heed(keyv: Keyv): Keyv {
  (keyv as Keyv & { throwOnErrors: boolean }).throwOnErrors = true;
  keyv.on('error', () => {});
  return keyv;
}

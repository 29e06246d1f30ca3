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
  return new KeyvStorage(toKeyv(given, root, 'The option keyv'), namespace);
}

/**
 * A Keyv whose errors reject, and do not pass for an answer. They reach the caller; Keyv emits them as well.
 *
 * @param label what names it for people
 * @throws Error, in one sentence, for what is no Keyv and no adapter, or when keyv is not installed
 */
export function toKeyv(given: unknown, root: string, label: string): Keyv {
  const keyv = isKeyv(given) ? given : wrap(given, root, label);
  keyv.throwOnErrors = true;
  keyv.on('error', () => {});
  return keyv;
}

function isKeyv(given: unknown): given is Keyv {
  return typeof given === 'object' && given !== null && 'throwOnErrors' in given;
}

function wrap(given: unknown, root: string, label: string): Keyv {
  const { get, set } = (given ?? {}) as Partial<Keyv>;
  if (typeof get !== 'function' || typeof set !== 'function') {
    throw new Error(`${label} is no Keyv and no storage adapter of one. Make it new Keyv(…).`);
  }
  const { Keyv: KeyvClass } = requirePeer('keyv', root) as KeyvModule;
  return new KeyvClass({ store: given });
}

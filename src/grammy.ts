import type { StorageAdapter } from 'grammy';
import { noteStore } from './adopt/notes.ts';
import { openRecords } from './adopt/open-sessions.ts';
import type { Options } from './options.ts';
import type { StoredSession } from './session/record.ts';

export type { Options } from './options.ts';

/**
 * A storage for the sessions of a grammY bot, where the options and the environment say. An answered
 * `write` survives the death of the process; errors of the directory or of Redis reject. Values are plain
 * JSON, and each `read` gives a copy.
 *
 * A conversation has no end of its own: it lasts until it is deleted, or as long after its last message as
 * the option `lifetime` says.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createStorage<T>(options?: Options): Required<StorageAdapter<T>> {
  const sessions = openRecords('grammy', options);
  noteStore('grammy', 'named');
  const toValue = ({ data }: StoredSession): T => data.value as T;
  return {
    async read(key) {
      const session = await sessions.find(key);
      return session && toValue(session);
    },
    async write(key, value) {
      await sessions.set(key, { value }, undefined, true);
    },
    async delete(key) {
      await sessions.update(key, () => undefined);
    },
    async has(key) {
      return (await sessions.find(key)) !== undefined;
    },
    async *readAllKeys() {
      for await (const { id } of sessions.all()) yield id;
    },
    async *readAllValues() {
      for await (const session of sessions.all()) yield toValue(session);
    },
    async *readAllEntries() {
      for await (const session of sessions.all()) yield [session.id, toValue(session)];
    },
  };
}

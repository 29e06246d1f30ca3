import { noteStore } from './adopt/notes.ts';
import { openRecords } from './adopt/open-sessions.ts';
import type { Options } from './options.ts';

export type { Options } from './options.ts';

/** What Telegraf takes as the `store` of its sessions. */
export interface TelegrafStore<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * A store for the sessions of a Telegraf bot, where the options and the environment say. An answered `set`
 * survives the death of the process; errors of the directory or of Redis reject. Values are plain JSON.
 *
 * A conversation has no end of its own: it lasts until it is deleted, or as long after its last message as
 * the option `lifetime` says.
 *
 * @throws Error, in one sentence, when an option or the directory cannot be used
 */
export function createStore<T>(options?: Options): TelegrafStore<T> {
  const sessions = openRecords('telegraf', options);
  noteStore('telegraf', 'named');
  return {
    async get(key) {
      return (await sessions.find(key))?.data.value as T | undefined;
    },
    async set(key, value) {
      await sessions.set(key, { value }, undefined, true);
    },
    async delete(key) {
      await sessions.update(key, () => undefined);
    },
  };
}

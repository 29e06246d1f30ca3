import type { Sessions } from '../adopt/sessions.ts';
import { toJson } from '../session/record.ts';

/**
 * Sessions whose storage is loaded when they are first asked for: a server that is about to start does
 * not wait for it. Calls keep their order, and what they were given as it was at the time of the call.
 *
 * @param isRemote whether they lie on a server
 * @param open loads the storage and opens the sessions; its errors are those of every call
 */
export function createLazySessions(isRemote: boolean, open: () => Promise<Sessions>): Sessions {
  let opened: Sessions | undefined;
  let opening: Promise<Sessions> | undefined;

  function use<T>(call: (sessions: Sessions) => Promise<T>): Promise<T> {
    if (opened) return call(opened);
    if (!opening) {
      opening = open();
      const settle = (sessions?: Sessions): void => {
        opened = sessions;
        opening = undefined; // an error may be gone when it is tried again
      };
      opening.then(settle, () => settle());
    }
    return opening.then(call);
  }

  return {
    isRemote,
    get: (id) => use((sessions) => sessions.get(id)),
    set: async (id, data, ttl) => {
      const given = opened ? data : (JSON.parse(toJson(data)) as object);
      return use((sessions) => sessions.set(id, given, ttl));
    },
    touch: (id, ttl, members) => use((sessions) => sessions.touch(id, ttl, members)),
    destroy: (id) => use((sessions) => sessions.destroy(id)),
    issue: (id) => use((sessions) => sessions.issue(id)),
    length: () => use((sessions) => sessions.length()),
    clear: () => use((sessions) => sessions.clear()),
    async *all() {
      const sessions = await use(async (all) => all);
      yield* sessions.all();
    },
  };
}

import type { Eventually } from '../session/eventually.ts';
import { NO_END } from '../session/expiry/lifetime.ts';
import type { StoredSession } from '../session/record.ts';
import type { Sessions } from '../session/sessions.ts';

/** What the verbs read of a payload. */
interface Payload {
  uid?: unknown;
  userCode?: unknown;
  grantId?: unknown;
}

/** The models whose records end with their grant. */
const GRANTABLE =
  /^(AccessToken|AuthorizationCode|RefreshToken|DeviceCode|BackchannelAuthenticationRequest|PreAuthorizedCode):/;

/**
 * Makes the adapter of oidc-provider for one of its models. Times are in seconds.
 *
 * The records of a grant are found by the grant that they name: a list of them could be left short by two writers, or
 * by a kill between two writes. A session is found by its uid, and a device code by its user code, through an index
 * that only names an id. The index is written first and never removed: the record under that id says whether it is
 * meant.
 *
 * @param logins the sessions of people, by their ids
 * @param tokens all other records, by model and id
 */
export function createAdapterVerbs<P extends object>(
  model: string,
  logins: Sessions,
  tokens: Sessions,
) {
  const isSession = model === 'Session';
  const sessions = isSession ? logins : tokens;
  const toKey = (id: string): string => (isSession ? id : `${model}:${id}`);

  async function read(found: Eventually<StoredSession | undefined>): Promise<P | undefined> {
    return (await found)?.data as P | undefined;
  }

  async function findBy(name: 'uid' | 'userCode', value: string): Promise<P | undefined> {
    const index = await tokens.find(`${name}:${value}`);
    const found = index && (await read(sessions.find(toKey(String(index.data.id)))));
    return (found as Payload | undefined)?.[name] === value ? found : undefined;
  }

  return {
    async upsert(id: string, payload: P, expiresIn?: number): Promise<void> {
      const { uid, userCode } = payload as Payload;
      const ttl = Number.isFinite(expiresIn) ? (expiresIn as number) * 1000 : NO_END;
      if (isSession) await tokens.set(`uid:${String(uid)}`, { id }, ttl, true);
      if (userCode) await tokens.set(`userCode:${String(userCode)}`, { id }, ttl, true);
      // A session that has ended is refused: a slow request does not undo a logout.
      await sessions.set(toKey(id), payload, ttl, !isSession);
    },
    /** A session that a cookie asks for and that is gone is a miss, which `holdover why` explains. */
    find: async (id: string) => read(sessions.get(toKey(id))),
    findByUid: (uid: string) => findBy('uid', uid),
    findByUserCode: (userCode: string) => findBy('userCode', userCode),
    async consume(id: string): Promise<void> {
      const consumed = Math.floor(Date.now() / 1000);
      await sessions.update(toKey(id), (data) => data && { ...data, consumed });
    },
    async destroy(id: string): Promise<void> {
      await sessions.destroy(toKey(id));
    },
    async revokeByGrantId(grantId: string): Promise<void> {
      for (const { id, data } of await tokens.snapshot())
        if (data.grantId === grantId && GRANTABLE.test(id)) await tokens.destroy(id);
    },
  };
}

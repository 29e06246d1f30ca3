import { andThen, type Eventually } from '../../session/eventually.ts';
import { NO_END } from '../../session/expiry/lifetime.ts';
import type { SessionData } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';

/** Where what an adapter stores is kept. */
export interface Places {
  /** The sessions of people, by their ids. */
  logins: Sessions;
  /** All else, by its model and id. */
  tokens: Sessions;
}

/** An adapter of oidc-provider for one of its models. */
export interface Adapter {
  readonly model: string;
  /** In seconds. */
  readonly clockTolerance?: number;
}

/** What oidc-provider calls on an adapter. Times are in seconds. */
export interface AdapterMethods {
  upsert(this: Adapter, id: string, payload: SessionData, expiresIn?: number): Promise<void>;
  find(this: Adapter, id: string): Promise<SessionData | undefined>;
  findByUid(this: Adapter, uid: string): Promise<SessionData | undefined>;
  findByUserCode(this: Adapter, userCode: string): Promise<SessionData | undefined>;
  consume(this: Adapter, id: string): Promise<void>;
  destroy(this: Adapter, id: string): Promise<void>;
  revokeByGrantId(this: Adapter, grantId: string): Promise<void>;
}

/** The models that end with their grant. */
const GRANTABLE = new Set([
  'AccessToken',
  'AuthorizationCode',
  'RefreshToken',
  'DeviceCode',
  'BackchannelAuthenticationRequest',
  'PreAuthorizedCode',
]);

/**
 * The methods of oidc-provider's MemoryAdapter over sessions.
 *
 * What belongs to a grant is found by the grant that it names, and not by a list that two writers, or a kill
 * between two writes, could leave short. A session by its uid, and a code by the one that a user types, are
 * found by an index that only says where to look: what is there says whether it is meant. The index is
 * written first, and need not be removed.
 */
export function createAdapterMethods(placesOf: (adapter: object) => Places): AdapterMethods {
  const at = (adapter: Adapter, id: string): { sessions: Sessions; key: string } => {
    const { logins, tokens } = placesOf(adapter);
    return adapter.model === 'Session'
      ? { sessions: logins, key: id }
      : { sessions: tokens, key: `${adapter.model}:${id}` };
  };
  /** Without the history: nobody's cookie has asked for it. */
  const look = (adapter: Adapter, id: string): Eventually<SessionData | undefined> => {
    const { sessions, key } = at(adapter, id);
    return andThen(sessions.find(key), (found) => found?.data);
  };
  const lookBy = (adapter: Adapter, name: 'uid' | 'userCode', value: string) =>
    andThen(placesOf(adapter).tokens.find(`${name}:${value}`), (index) =>
      index === undefined
        ? undefined
        : andThen(look(adapter, String(index.data.id)), (found) =>
            found?.[name] === value ? found : undefined,
          ),
    );
  return {
    async upsert(id, payload, expiresIn) {
      const { sessions, key } = at(this, id);
      const ttl = toTtl(expiresIn, this.clockTolerance);
      const { uid, userCode } = payload;
      const indexes = this.model === 'Session' ? [`uid:${String(uid)}`] : [];
      if (userCode) indexes.push(`userCode:${String(userCode)}`);
      const { tokens } = placesOf(this);
      await Promise.all([
        ...indexes.map((index) => tokens.set(index, { id }, ttl, true)),
        sessions.set(key, payload, ttl, true),
      ]);
    },
    async find(id) {
      const { sessions, key } = at(this, id);
      return andThen(sessions.get(key), (found) => found?.data);
    },
    async findByUid(uid) {
      return lookBy(this, 'uid', uid);
    },
    async findByUserCode(userCode) {
      return lookBy(this, 'userCode', userCode);
    },
    async consume(id) {
      const { sessions, key } = at(this, id);
      return andThen(sessions.find(key), (found) => {
        const data = found?.data as SessionData; // of what is not there, as it is there
        data.consumed = Math.floor(Date.now() / 1000);
        const ttl = Math.min(Number(found?.expires) - Date.now(), NO_END);
        return andThen(sessions.set(key, data, ttl), () => {});
      });
    },
    async destroy(id) {
      const { sessions, key } = at(this, id);
      return sessions.destroy(key);
    },
    async revokeByGrantId(grantId) {
      const { tokens } = placesOf(this);
      return andThen(tokens.snapshot(), async (all) => {
        const own = all.filter(
          ({ id, data }) => data.grantId === grantId && GRANTABLE.has(id.slice(0, id.indexOf(':'))),
        );
        await Promise.all(own.map(({ id }) => tokens.destroy(id)));
      });
    },
  };
}

function toTtl(expiresIn: unknown, clockTolerance = 0): number {
  if (typeof expiresIn !== 'number') return NO_END;
  const ttl = (expiresIn + clockTolerance) * 1000;
  return Number.isNaN(ttl) ? NO_END : Math.min(ttl, NO_END);
}

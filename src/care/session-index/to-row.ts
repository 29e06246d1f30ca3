import { maskSecrets } from '../../session/display/mask.ts';
import { shortenId } from '../../session/display/short-id.ts';
import { isMcpClient, type SessionFacts } from '../sessions.ts';
import type { SessionRow } from './row.ts';

/** What a list shows of a session, but for its key. Nothing of its id is in it but the first six signs. */
export function toRow(facts: Omit<SessionFacts, 'data'>): Omit<SessionRow, 'key'> {
  const { id, who = null, namespace = null, created, lastSeen = null, expires, size } = facts;
  return {
    who: maskSecrets(who, id) as string | null,
    id: shortenId(id),
    namespace,
    created,
    lastSeen,
    expires: expires === Infinity ? null : expires,
    size,
    isClient: isMcpClient(facts),
  };
}

import { DAY } from '../session/expiry/lifetime.ts';
import { holdsLogins, holdsMcpClients } from '../session/logins.ts';
import { surveySessions } from '../storage/survey/survey.ts';
import { displayPlace, resolveProject, type CareOptions } from './project.ts';
import { toFacts, type SessionFacts } from './sessions.ts';

/** How much there is of what a project has stored. */
export interface SessionMeasures {
  /** Where they are, for people. */
  place: string;
  /** Logins: tokens, grants and clients of oidc-provider are in the bytes only. */
  live: number;
  /** Live sessions of MCP clients. */
  clients: number;
  /** Those that are still there; 0 in Redis, which removes them by itself. */
  expired: number;
  /** Records that do not open, because they were altered or stored with another key. */
  unreadable: number;
  /** Bytes of the files, or of Redis' memory for our keys. */
  bytes: number;
  /** Bytes that the disk gives to the files, in blocks; in Redis the same as `bytes`. */
  occupied: number;
  /** The live session that takes the most bytes. */
  largest: SessionFacts | undefined;
  /** The live session that was created first. */
  oldest: SessionFacts | undefined;
  /** The live sessions that were created in the last 24 hours, and their bytes. */
  sinceYesterday: { count: number; bytes: number };
}

/**
 * Counts and measures the sessions of a project, without loading all at once.
 *
 * @throws Error, in one sentence, when the place cannot be read
 */
export async function measureSessions(options: CareOptions = {}): Promise<SessionMeasures> {
  const resolved = resolveProject(options);
  const measures: SessionMeasures = {
    place: displayPlace(resolved),
    live: 0,
    clients: 0,
    expired: 0,
    unreadable: 0,
    bytes: 0,
    occupied: 0,
    largest: undefined,
    oldest: undefined,
    sinceYesterday: { count: 0, bytes: 0 },
  };
  const yesterday = Date.now() - DAY;
  const onFault = (): void => void measures.unreadable++;
  for await (const record of surveySessions(resolved, {
    namespaces: options.namespaces,
    onFault,
  })) {
    measures.bytes += record.size;
    measures.occupied += record.occupied;
    const isLogin = holdsLogins(record.namespace);
    const facts = toFacts(record, resolved);
    if (record.expires <= Date.now()) measures.expired++;
    else if (!facts) measures.unreadable++;
    else if (holdsMcpClients(record.namespace)) measures.clients++;
    else if (isLogin) {
      measures.live++;
      if (facts.size > (measures.largest?.size ?? 0)) measures.largest = facts;
      if (facts.created < (measures.oldest?.created ?? Infinity)) measures.oldest = facts;
      if (facts.created >= yesterday) {
        measures.sinceYesterday.count++;
        measures.sinceYesterday.bytes += facts.size;
      }
    }
  }
  return measures;
}

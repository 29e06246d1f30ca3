import type { HistoryEvent } from '../../history/history.ts';
import { doubtful, good, type Check } from './check.ts';

type Spoken = Extract<HistoryEvent, { what: 'mcp' }>;

/** How the app has spoken MCP lately, at each path, and whether there is something to keep. */
export function checkMcp(history: HistoryEvent[]): Check[] {
  const last = new Map<string, Spoken>();
  for (const event of history) {
    if (event.what !== 'mcp') continue;
    last.delete(toKey(event));
    last.set(toKey(event), event);
  }
  return [...last.values()].map(check);
}

/** A server may speak with sessions and in the newer way at one path; whether it has sessions is one thing. */
function toKey({ speaks, path }: Spoken): string {
  return `${speaks === 'no sessions' ? 'sessions' : speaks}\n${path}`;
}

function check({ speaks, path }: Spoken): Check {
  const name = 'mcp';
  if (speaks === 'sessions') return good(name, `${path}: the sessions of its clients are kept`);
  if (speaks === 'no sessions') {
    return good(name, `${path} answers without sessions: nothing to keep`);
  }
  if (speaks === 'no handshake') {
    return good(name, `${path} is spoken to as of 2026-07-28, without sessions: nothing to keep`);
  }
  return doubtful(
    name,
    `${path} has the older transport of HTTP and SSE, whose sessions are not kept.`,
    'Use Streamable HTTP: one path, as /mcp.',
  );
}

import { note } from '../adopt/notes.ts';
import type { McpManner, Spoken } from '../history/history.ts';
import { toPath } from '../history/seen-requests.ts';
import { notice } from '../options/notice.ts';
import type { Exchange } from './exchange.ts';
import { toCapabilities, toOtherCapabilities } from './messages/handshake.ts';

/** From the version 2026-07-28 on each request names its method, and there is no session. */
const METHOD = 'mcp-method';

/** What was noted last, by manner and path. */
const noted = new Map<string, string>();

/** Notes for `holdover doctor` how the server speaks MCP at a path, once in a process. */
export function noteManner(speaks: McpManner, { path }: Exchange): void {
  noteOnce({ speaks, path: toPath(path) });
}

/** Notes how a request without a session was answered well. The oldest transport names its session in the URL. */
export function noteWithoutSession(exchange: Exchange): void {
  const { [METHOD]: method, accept = '' } = exchange.request.headers;
  const isSse = !accept.includes('text/event-stream') && /[?&]session_?id=/i.test(exchange.url);
  if (method !== undefined) noteManner('no handshake', exchange);
  else if (isSse) noteManner('sse', exchange);
}

/**
 * Notes what the server can do. Says so if that is something else than in the process before: connected clients
 * know of that.
 */
export function noteCapabilities({ path }: Exchange, result: unknown): void {
  noteOnce({ speaks: 'sessions', path: toPath(path), capabilities: toCapabilities(result) });
}

function noteOnce(spoken: Spoken): void {
  const { speaks, path, capabilities } = spoken;
  const key = `${speaks}\n${path}\n${capabilities ? 'can' : ''}`;
  const text = String(capabilities);
  if (noted.get(key) === text) return;
  noted.set(key, text);
  note((writer) => {
    const before = writer.addMcp(spoken)?.capabilities;
    const other = before && capabilities && toOtherCapabilities(before, capabilities);
    if (other) notice(other);
  });
}

/**
 * Notes for `holdover why` that a session of another process was held over.
 *
 * @param refusal why it was not
 */
export function noteReplay(id: string, refusal?: string): void {
  const at = Date.now();
  // The client does not wait for it.
  setImmediate(() =>
    note((writer) => writer.add((hash) => ({ at, what: 'replayed', id: hash(id), refusal }))),
  ).unref();
}

export function sayOtherVersion(was: string, is: string): void {
  notice(
    `The server speaks MCP ${is} now, so sessions of ${was} are not held over. Connect their clients anew.`,
  );
}

import { note } from '../adopt/notes.ts';
import type { McpManner, Spoken } from '../history/history.ts';
import { toPath } from '../history/seen-requests.ts';
import { notice } from '../options/notice.ts';
import type { BodyFilter, Exchange, ExchangePart } from './exchange.ts';
import { SESSION } from './hook/recognise.ts';
import { parseMessages } from './messages/json-rpc.ts';

/** From the version 2026-07-28 on each request names its method, and there is no session. */
const METHOD = 'mcp-method';

/** The longest answer to `initialize` that is looked at, in bytes. */
const LONGEST = 64 * 1024;

/** What was noted last of each path. */
const noted = new Map<string, string>();

/** Notes how the server speaks MCP at each of its paths, once in a process, for `holdover doctor`. */
export const notes: ExchangePart = {
  onRequest(exchange) {
    const { path, replayed } = exchange;
    if (replayed) noteAnswer(path, replayed.result);
    return false;
  },
  onHead(exchange, head) {
    const { path, sessionId } = exchange;
    if (head.status >= 300) return undefined;
    if (sessionId === undefined) noteWithoutSession(exchange);
    if (!asksToInitialize(exchange)) return undefined;
    const hasSession = head.get(SESSION) !== undefined;
    noteManner(hasSession ? 'sessions' : 'no sessions', path);
    return hasSession ? toReader(path) : undefined;
  },
};

/** What the app has answered well. The older transport names its session in the URL. */
function noteWithoutSession({ request, url, path }: Exchange): void {
  const { [METHOD]: method, accept = '' } = request.headers;
  const isOlder = !accept.includes('text/event-stream') && /[?&]session_?id=/i.test(url);
  if (method !== undefined) noteManner('no handshake', path);
  else if (isOlder) noteManner('sse', path);
}

function asksToInitialize({ messages = [] }: Exchange): boolean {
  return messages.some(({ method }) => method === 'initialize');
}

/** Looks at the answer to `initialize`, and changes nothing. */
function toReader(path: string): BodyFilter {
  let text = '';
  return {
    isReader: true,
    chunk(bytes) {
      if (text.length > LONGEST) return bytes;
      text += bytes.toString('latin1'); // names of capabilities are ASCII
      const [, data = text] = /^data: ?(\{.*\})\r?$/m.exec(text) ?? [];
      const answer = parseMessages(data)?.find(({ result }) => result !== undefined);
      if (!answer) return bytes;
      text = ' '.repeat(LONGEST + 1); // nothing more is looked at
      noteAnswer(path, answer.result);
      return bytes;
    },
  };
}

/**
 * Notes how the server speaks at a path, once in a process.
 *
 * @param path without the query
 */
export function noteManner(speaks: McpManner, path: string): void {
  noteOnce({ speaks, path: toPath(path) });
}

/**
 * Notes what the server can do, and says once in the terminal where that is something else than it was in the
 * process before: clients that are connected have heard of that.
 */
function noteAnswer(path: string, result: unknown): void {
  const { capabilities } = (result ?? {}) as { capabilities?: unknown };
  if (typeof capabilities !== 'object' || capabilities === null) return;
  noteOnce({
    speaks: 'sessions',
    path: toPath(path),
    capabilities: Object.keys(capabilities).sort(),
  });
}

function noteOnce(spoken: Spoken): void {
  const { speaks, path, capabilities } = spoken;
  const key = `${speaks}\n${path}\n${capabilities ? 'can' : ''}`;
  const text = `${capabilities?.join(', ')}`;
  if (noted.get(key) === text) return;
  noted.set(key, text);
  note((writer) => {
    const before = writer.addMcp(spoken)?.capabilities;
    if (before && capabilities && before.join() !== capabilities.join()) {
      notice(
        `The server has other capabilities now (${text}). Clients of MCP learn of them when they connect anew.`,
      );
    }
  });
}

/**
 * Notes for `holdover why` what has become of a session of another process.
 *
 * @param refusal why the app has not taken it
 */
export function noteReplay(id: string, refusal?: string): void {
  const at = Date.now();
  // The client does not wait for it.
  setImmediate(() =>
    note((writer) => writer.add((hash) => ({ at, what: 'replayed', id: hash(id), refusal }))),
  ).unref();
}

/** Says once in the terminal why sessions are not held over, where the new code speaks another version. */
export function sayOtherVersion(was: string, is: string): void {
  notice(
    `The server speaks MCP ${is} now, so sessions of ${was} are not held over. Connect their clients anew.`,
  );
}

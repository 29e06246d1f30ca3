/** The header by which a client names its session. */
export const SESSION = 'mcp-session-id';

/** The header by which a client names the version of the protocol, after `initialize`. */
const VERSION = 'mcp-protocol-version';

/** What a scan of a request needs, before Node has built its `headers`. */
interface Scanned {
  method?: string | undefined;
  rawHeaders: string[];
}

const ACCEPT = 'accept';
const CONTENT_TYPE = 'content-type';
/** Makes a capital letter small. */
const SMALL = 0x20;

const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';

/** What accepts less takes one of them at the most. */
const LEAST = `${JSON_TYPE},${EVENTS_TYPE}`.length;

/**
 * Whether a request may be one of MCP: it names a session; or it posts JSON and takes both JSON and an event
 * stream for an answer, as the transport demands of each POST, and servers by these very letters; or it posts
 * JSON and names a version of MCP, as clients of the older transport do. Every request is asked, so it costs
 * next to nothing.
 */
export function mayBeMcp({ method, rawHeaders }: Scanned): boolean {
  const isPost = method === 'POST';
  let accept = '';
  let hasVersion = false;
  let type = '';
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const { length } = name;
    if (length === SESSION.length) {
      if (isSame(name, SESSION)) return true;
    } else if (!isPost) continue;
    else if (length === ACCEPT.length) {
      if (name === 'Accept' || isSame(name, ACCEPT)) accept += `${rawHeaders[i + 1]},`;
    } else if (length === CONTENT_TYPE.length) {
      if (name === 'Content-Type' || isSame(name, CONTENT_TYPE)) type = rawHeaders[i + 1] ?? '';
    } else if (length === VERSION.length) {
      hasVersion ||= isSame(name, VERSION);
    }
  }
  return (hasVersion || takesBoth(accept)) && /^application\/json\b/i.test(type);
}

function takesBoth(accept: string): boolean {
  return accept.length > LEAST && accept.includes(EVENTS_TYPE) && accept.includes(JSON_TYPE);
}

/** Of the same length. @param small in small letters */
function isSame(name: string, small: string): boolean {
  if (name === small) return true;
  const isAlike = (name.charCodeAt(0) | SMALL) === small.charCodeAt(0);
  return isAlike && name.toLowerCase() === small;
}

import { createDebug } from 'obug';
import type { BodyFilter, Exchange, ExchangePart, Replayed } from '../exchange.ts';
import { setRequestHeader } from '../headers.ts';
import { sendInside } from '../inside.ts';
import { toListChanges } from '../messages/handshake.ts';
import { parseMessages, toError } from '../messages/json-rpc.ts';
import { EventSplitter, toEvent, withData, type Piece } from './events.ts';
import { ENDED, isOfEvents } from './kinds.ts';
import { sortByTag, withTag } from './server-requests.ts';

const debug = createDebug('holdover:mcp');

/** The header by which a client says what it has heard last. */
const LAST_EVENT_ID = 'last-event-id';

/** So many of the latest events can be gone back to. */
const EVENT_IDS = 10_000;

/** What the SDKs wait before they open a stream anew, when they were told nothing else. */
const RETRY = 'retry: 1000\n';

/**
 * What is said over streams in a session that was made anew in this process. Events of another process are not
 * asked for again, as the app does not know them. The client hears that lists may have changed. Requests of
 * the server have ids of this process, so that an answer to one of another process is never taken for an
 * answer to one of this.
 */
export const streams: ExchangePart = {
  onRequest(exchange) {
    const { request, replayed } = exchange;
    const last = request.headers[LAST_EVENT_ID];
    if (request.method === 'GET' && String(last).startsWith(ENDED)) return refuse(exchange);
    if (!replayed) return false;
    if (last !== undefined && !replayed.eventIds.has(String(last))) {
      setRequestHeader(request, LAST_EVENT_ID, undefined);
    }
    return takeAnswers(exchange, replayed);
  },
  onHead(exchange, head) {
    const { request, replayed } = exchange;
    return replayed && isOfEvents(head) ? toFilter(request.method, replayed) : undefined;
  },
};

/**
 * The stream answered a POST, and has ended with an error of ours. Its client asks for the rest of it, as it
 * does not count errors as answers; at 405 it leaves it at that.
 */
function refuse({ response }: Exchange): boolean {
  response.writeHead(405, { Allow: 'POST, DELETE' }).end();
  return true;
}

/** @returns whether nothing is left that the app is to see */
function takeAnswers(exchange: Exchange, replayed: Replayed): boolean {
  const { messages = [], response } = exchange;
  const { ours, stale, rest } = sortByTag(messages, replayed.tag);
  if (ours.length + stale.length === 0) return false;
  if (stale.length > 0) debug('%d answers to another process were dropped', stale.length);
  if (rest.length === 0) {
    void passOn(exchange, replayed, ours).then((status) => response.writeHead(status).end());
    return true;
  }
  if (stale.length === 0) {
    void passOn(exchange, replayed, ours); // the app takes those in the batch for unknown
    return false;
  }
  const text =
    'This batch answers a process that has ended. Send its requests again, without answers.';
  response.writeHead(400, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ ...toError(0, text), id: null }));
  return true;
}

/** @returns the status of the answer that was not accepted, or 202 */
async function passOn(
  exchange: Exchange,
  { id }: Replayed,
  messages: Exchange['messages'],
): Promise<number> {
  const version = exchange.request.headers['mcp-protocol-version'] as string | undefined;
  try {
    for (const message of messages ?? []) {
      const { status } = await sendInside(exchange, message, { id, version });
      if (status >= 300) return status;
    }
    return 202;
  } catch (error) {
    debug('an answer cannot be passed on: %o', error);
    return 500;
  }
}

function toFilter(method: string | undefined, replayed: Replayed): BodyFilter {
  const splitter = new EventSplitter();
  return {
    begin() {
      if (method !== 'GET') return undefined;
      const changes = replayed.isToldOfChanges ? [] : toListChanges(replayed.result);
      replayed.isToldOfChanges = true;
      return [RETRY, '\n', ...changes.map((change) => toEvent(change))].join('');
    },
    chunk: (bytes) => Buffer.concat(splitter.push(bytes).map((piece) => toSent(piece, replayed))),
    end: () => splitter.end(),
  };
}

function toSent({ bytes, event }: Piece, { tag, eventIds }: Replayed): Buffer {
  if (!event) return bytes;
  if (event.id) {
    eventIds.add(event.id);
    const [oldest] = eventIds;
    if (eventIds.size > EVENT_IDS) eventIds.delete(oldest as string);
  }
  const messages = parseMessages(event.data);
  const tagged = messages?.map((message) => withTag(message, tag));
  if (!tagged || tagged.every((message, index) => message === messages?.[index])) return bytes;
  const isBatch = event.data.trimStart().startsWith('[');
  return withData(bytes, JSON.stringify(isBatch ? tagged : tagged[0]));
}

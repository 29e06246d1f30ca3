import type { Exchange, ExchangePart } from './exchange.ts';
import { toLastWords } from './in-flight/last-words.ts';
import { endStream } from './in-flight/write.ts';
import { isEventStream } from './streams/kinds.ts';

const open = new Set<Exchange>();

/** The streams on which servers speak by themselves, in sessions. */
export const openStreams: ExchangePart = {
  onHead(exchange, { status, get }) {
    const { request, sessionId } = exchange;
    const isStream = isEventStream(get('content-type'));
    const isStandalone = request.method === 'GET' && sessionId !== undefined;
    if (isStandalone && isStream && status === 200) open.add(exchange);
    return undefined;
  },
  onClose: (exchange) => void open.delete(exchange),
};

/** Ends them, so that clients open them anew. The app sees what it sees when a client goes. */
export function endOpenStreams(): void {
  for (const exchange of open) endOpenStream(exchange);
}

/** Ends the one of an exchange, if it has one. */
export function endOpenStream(exchange: Exchange): void {
  const { response } = exchange;
  if (open.delete(exchange)) endStream(response, toLastWords(response));
}

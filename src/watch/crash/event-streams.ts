import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * All that is said on a stream: how soon to ask again once it ends, in milliseconds. Clients give a stream
 * up for good when it is refused twice, and one that ends they open anew.
 */
const WORDS = 'retry: 50\n: The app is not running.\n\n';

/** Whether a client of MCP opens the stream on which it hears of its session. */
export function wantsEvents({ method, headers }: IncomingMessage): boolean {
  const isOfSession = method === 'GET' && headers['mcp-session-id'] !== undefined;
  return isOfSession && /\btext\/event-stream\b/i.test(headers.accept ?? '');
}

/** Streams of events that wait for an app. */
export class EventStreams {
  readonly #held = new Set<() => void>();

  /**
   * Keeps a response open until `end()`.
   *
   * @param most how long at most, in milliseconds; its client asks again then
   */
  hold(response: ServerResponse, headers: OutgoingHttpHeaders, most: number): void {
    const end = (): void => {
      clearTimeout(timer);
      this.#held.delete(end);
      response.end();
    };
    const timer = setTimeout(end, most).unref();
    this.#held.add(end);
    response.once('close', end);
    response.writeHead(200, {
      ...headers,
      'Cache-Control': 'no-store, no-transform',
      Connection: 'close',
      'Content-Type': 'text/event-stream',
    });
    response.write(WORDS);
  }

  /** The app is back: clients open their streams anew. */
  end(): void {
    for (const end of this.#held) end();
  }
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Exchange, Replayed } from './exchange.ts';
import type { Arrival } from './hook/arrival.ts';
import { SESSION } from './hook/recognise.ts';
import { toFingerprint } from './credentials.ts';
import { parseMessages, type Message } from './messages/json-rpc.ts';

/** The exchange that begins with a request. */
export class HttpExchange implements Exchange {
  readonly arrival: Arrival;
  readonly url: string;
  readonly path: string;
  readonly sessionId: string | undefined;
  replayed: Replayed | undefined;
  #user: string | undefined;
  /** `null` where the body is no JSON-RPC. */
  #messages: Message[] | null | undefined;

  constructor(arrival: Arrival) {
    const { url = '/', headers } = arrival.request;
    const [path = '/'] = url.split('?', 1);
    this.arrival = arrival;
    this.url = url;
    this.path = path;
    this.sessionId = headers[SESSION] as string | undefined;
  }

  /** Stands for the credentials of the request, in its session. */
  get user(): string {
    return (this.#user ??= this.userOf(this.sessionId ?? ''));
  }

  /** The same in a session that begins with it. */
  userOf(sessionId: string): string {
    return toFingerprint(this.request, sessionId);
  }

  get request(): IncomingMessage {
    return this.arrival.request;
  }

  get response(): ServerResponse {
    return this.arrival.response;
  }

  get server(): Server {
    return this.arrival.server;
  }

  get messages(): Message[] | undefined {
    const text = this.arrival.body?.text;
    if (this.#messages === undefined && text !== undefined) {
      this.#messages = parseMessages(text) ?? null; // which may be large, and is asked for again
    }
    return this.#messages ?? undefined;
  }
}

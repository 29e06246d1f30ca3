import { createHmac } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Arrival } from './hook/hook.ts';
import { SESSION } from './hook/recognise.ts';
import { parseMessage, type Message } from './messages/json-rpc.ts';

/** Headers by which clients say who they are: Authorization, Cookie, X-Api-Key, and the like. */
const CREDENTIAL = /auth|cookie|token|api-?key|secret/i;

/** A session that another process has begun, and that a replay has begun anew in this one. */
export interface Replayed {
  /** As the app of this process knows it. */
  readonly id: string;
  /** Of the protocol, as the app has agreed to. */
  readonly version: string;
  /** What the app has answered to `initialize`. */
  readonly result: unknown;
  /** Begins the ids of requests of the server that the client gets. Every replay has another. */
  readonly prefix: string;
  /** Ids of the events that the client got in this session since the replay. */
  readonly eventIds: Set<string>;
  /** Whether the client was told that lists may have changed. */
  isToldOfChanges: boolean;
}

/** One request of MCP over HTTP, and its response. */
export class Exchange {
  readonly arrival: Arrival;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
  /** As it came: a router changes the one of the request. */
  readonly url: string;
  /** Of the URL, without the query. */
  readonly path: string;
  /** As the client knows it. `initialize`, and all of a server without sessions, has none. */
  readonly sessionId: string | undefined;
  /** Set where the session was begun by another process. */
  replayed: Replayed | undefined;
  #user: string | undefined;
  /** `null` where the body is no message. */
  #message: Message | null | undefined;

  constructor(arrival: Arrival) {
    this.arrival = arrival;
    this.request = arrival.request;
    this.response = arrival.response;
    this.server = arrival.server;
    this.url = arrival.request.url ?? '/';
    this.path = this.url.replace(/\?.*/s, '');
    this.sessionId = arrival.request.headers[SESSION] as string | undefined;
  }

  /** The message in the body: undefined before all of it has come, and where it is over 4 MB or none. */
  get message(): Message | undefined {
    const { text } = this;
    if (this.#message === undefined && text !== undefined) {
      this.#message = parseMessage(text) ?? null;
    }
    return this.#message ?? undefined;
  }

  /** The body, once all of it has come. */
  get text(): string | undefined {
    return this.arrival.body?.text;
  }

  /** The fingerprint of the credentials of the request, in its session. */
  get user(): string {
    return (this.#user ??= this.userOf(this.sessionId ?? ''));
  }

  /**
   * Returns a fingerprint of the credentials of the request, which is `''` where it has none. The session id is
   * the key, so that without the id no credential can be guessed from it.
   */
  userOf(sessionId: string): string {
    const { rawHeaders } = this.request;
    const lines: string[] = [];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
      if (CREDENTIAL.test(name)) lines.push(`${name.toLowerCase()}: ${value}`);
    }
    if (lines.length === 0) return '';
    const text = lines.sort().join('\n');
    return createHmac('sha256', sessionId).update(text).digest('base64url').slice(0, 22);
  }

  /**
   * Changes a header of the request, or removes it, wherever Node or a framework reads it.
   *
   * @param name in small letters
   */
  setRequestHeader(name: string, value: string | undefined): void {
    const { rawHeaders, headers } = this.request;
    const raw: string[] = [];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const [key = '', old = ''] = rawHeaders.slice(i, i + 2);
      if (key.toLowerCase() !== name) raw.push(key, old);
      else if (value !== undefined) raw.push(key, value);
    }
    rawHeaders.splice(0, rawHeaders.length, ...raw); // the same array: Node may make `headers` of it later
    if (value === undefined) delete headers[name];
    else headers[name] = value;
  }
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Message } from './messages/json-rpc.ts';

/** One request of MCP over HTTP, and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
  /** As it came: a router changes the one of the request. */
  readonly url: string;
  /** Of the URL, without the query. */
  readonly path: string;
  /** As the client knows it. `initialize`, and all of a server without sessions, has none. */
  readonly sessionId: string | undefined;
  /**
   * What the body says, once all of it has come. `undefined` until then, and where there is none, where it
   * is over 4 MB, or no JSON-RPC.
   */
  readonly messages: Message[] | undefined;
  /** The session as it was made anew in this process; `undefined` where this process has begun it itself. */
  readonly replayed: Replayed | undefined;
}

/** A session that another process has begun, and that the app of this one was told of by a replay. */
export interface Replayed {
  /** What the app of this process calls it. */
  readonly id: string;
  /** The version of the protocol that the app has agreed to. */
  readonly version: string;
  /** What the app has answered to `initialize`. */
  readonly result: unknown;
  /** Stands for this replay: another process, and another replay, has another. Letters and digits. */
  readonly tag: string;
  /** Ids of the events that the client was sent in this session since the replay. */
  readonly eventIds: Set<string>;
  /** Whether the client was told that lists may have changed. */
  isToldOfChanges: boolean;
}

/** The head of a response, as it leaves. */
export interface Head {
  readonly status: number;
  /** @param name in small letters */
  get: (name: string) => string | undefined;
}

/** What looks at the body of a response on its way, and may change it. */
export interface BodyFilter {
  /** Sent right after the head, before the first byte of the app's. */
  begin?: () => string | undefined;
  /** @returns what is sent in place of it; the same when nothing changes */
  chunk: (bytes: Buffer) => Uint8Array;
  /** Sent before the end. */
  end?: () => Uint8Array | undefined;
  /** It changes nothing and sends nothing of its own, so that it may see a body of a known length, too. */
  isReader?: boolean;
}

/** What has a part in exchanges. None of its calls may throw. */
export interface ExchangePart {
  /** A request has come. It may be held for a while before the app sees it, and its body is yet to come. */
  onStart?: (exchange: Exchange) => void;
  /**
   * Before the app sees a request. Its headers may be changed by `setRequestHeader` (headers.ts). In a
   * replayed session the body has come, as far as `messages` has it; in others it comes later.
   *
   * @returns whether the part answers the request itself: then the app never sees it
   */
  onRequest?: (exchange: Exchange) => boolean;
  /**
   * When the head of the response leaves, once.
   *
   * @returns what the body goes through, where it is sent in chunks as it comes
   */
  onHead?: (exchange: Exchange, head: Head) => BodyFilter | undefined;
  /** The response has ended, or its connection is gone. */
  onClose?: (exchange: Exchange) => void;
}

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onEnd } from '../ends/ends.ts';
import { hasGraceBegun } from '../ends/grace.ts';
import { EventSplitter, isEventStream, toEvent } from './events.ts';
import type { Exchange } from './exchange.ts';
import { toCauseLine } from './messages/failure.ts';
import { isRequest, RESTARTED, toError, type Message } from './messages/json-rpc.ts';
import type { Head } from './response.ts';

/** Begins the id of our event that has ended a stream which answers a POST. */
export const ENDED = 'holdover-ended-';

/** Headers that tell of the body of a response, or of its connection. */
const OF_ANOTHER_BODY =
  /^(content-(?!security)|transfer-encoding$|connection$|keep-alive$|trailer$|etag$)/;

const ENDED_BY_ITSELF =
  'The server ended while this request was running. Send it again when it runs.';

/** A POST that is not answered yet. */
export class InFlight {
  /** Of the response, once it has left. */
  head: Head | undefined;
  readonly splitter = new EventSplitter();
  /** Whether its events have ids, by which the client asks for those after the last one. */
  hasIds = false;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    hearEnd();
    open.add(this);
  }

  /** Its response says that. */
  note({ id, method }: Message): void {
    if (method === undefined && id === this.#exchange.message?.id) open.delete(this);
  }

  /** The response is closed. */
  close(): void {
    open.delete(this);
  }

  /**
   * Answers the request with an error, and ends its response. The app sees what it sees when a client leaves.
   * Synchronous: the kernel sends what it takes at once even if the process ends right now.
   */
  answer(reason: string): void {
    const { request, response } = this.#exchange;
    const error = this.#toError(reason);
    if (!error || !open.delete(this)) return;
    if (!this.head) {
      const takesJson = /\bapplication\/json\b|\*\/\*/i.test(request.headers.accept ?? '');
      if (takesJson) answer(response, 'application/json', JSON.stringify(error));
      else answer(response, 'text/event-stream', toEvent(error));
    } else if (isOfEvents(this.head) && response.chunkedEncoding) {
      endStream(response, this.#toLastEvent(error));
    }
  }

  /** Returns what the response lacks when the app ends it unanswered, as apps do that are told to end. */
  lastWords(): string {
    const error = isEnding || hasGraceBegun() ? this.#toError(toReason()) : undefined;
    return error && open.delete(this) ? this.#toLastEvent(error) : '';
  }

  #toError(reason: string): Message | undefined {
    const { message } = this.#exchange;
    return message && isRequest(message) ? toError(message.id, reason) : undefined;
  }

  #toLastEvent(error: Message): string {
    // End an event of the app that is not whole before ours begins.
    const gap = this.splitter.held.length > 0 ? '\n\n' : '';
    return gap + toEvent(error, this.hasIds ? ENDED + randomUUID() : undefined);
  }
}

/** Streams on which servers speak by themselves, in sessions. */
export const openStreams = new Set<ServerResponse>();

/** Ends such a stream, so that its client opens it anew. */
export function endOpenStream(response: ServerResponse): void {
  if (openStreams.delete(response)) endStream(response, '');
}

/** Returns whether events follow that can be read. */
export function isOfEvents({ status, get }: Head): boolean {
  const encoding = get('content-encoding') ?? 'identity';
  return status === 200 && isEventStream(get('content-type')) && encoding === 'identity';
}

const open = new Set<InFlight>();
let isHeard = false;
/** Whether the process was told to end by a signal. */
let isEnding = false;
/** The error by which the process ends. */
let cause: string | undefined;

/**
 * Has open requests answered with an error when the process ends, so that no client waits for an answer that
 * never comes: whatever ends it but SIGKILL. An app that listens to a signal has its time, and then ends.
 */
function hearEnd(): void {
  if (isHeard) return;
  isHeard = true;
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    cause = toCauseLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  });
  onEnd(({ signal, mayGoOn }) => {
    if (mayGoOn && signal === 'SIGHUP') return; // it ends no app that listens to it, as a rule
    isEnding ||= signal !== undefined;
    if (!mayGoOn) for (const one of open) one.answer(toReason());
  });
}

function toReason(): string {
  if (isEnding || hasGraceBegun()) return RESTARTED;
  if (cause === undefined) return ENDED_BY_ITSELF;
  return `The server ended while this request was running: ${cause}. It starts again when its code is mended.`;
}

/** Ends a response of events with a text, and its connection. */
function endStream(response: ServerResponse, text: string): void {
  const { socket } = response;
  if (!isOpen(response, socket)) return;
  socket.cork(); // all of it leaves at once: TLS takes nothing more while it sends something
  response.flushHeaders();
  // What the app has written comes first. Node 22 and later may keep it in the response for a moment.
  while (response.writableLength > socket.writableLength && response.writableCorked > 0) {
    response.uncork();
  }
  const chunk = text && `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  // Without an end where the connection was to be kept alive: Node's fetch would send its next request over it.
  socket.end(response.shouldKeepAlive ? chunk : `${chunk}0\r\n\r\n`);
}

/** Answers a request to which the app has sent nothing yet, with the headers that it has set. */
function answer(response: ServerResponse, type: string, body: string): void {
  const { socket } = response;
  if (!isOpen(response, socket) || response.headersSent) return;
  const own = response.getHeaderNames().filter((name) => !OF_ANOTHER_BODY.test(name));
  const lines = own.flatMap((name) =>
    [response.getHeader(name)].flat().map((value) => `${name}: ${value}\r\n`),
  );
  socket.end(
    `HTTP/1.1 200 OK\r\n${lines.join('')}content-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

/** Returns whether the connection is this response's. */
function isOpen(response: ServerResponse, socket: Socket | null): socket is Socket {
  return socket !== null && socket.writable && !response.writableEnded;
}

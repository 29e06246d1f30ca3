import { randomUUID } from 'node:crypto';
import { onEnd } from '../../ends/ends.ts';
import { hasGraceBegun } from '../../ends/grace.ts';
import type { BodyFilter, Exchange, ExchangePart, Head } from '../exchange.ts';
import {
  isAnswer,
  isRequest,
  parseMessages,
  RESTARTED,
  toError,
  type Id,
  type Message,
} from '../messages/json-rpc.ts';
import { LISTEN, toSubscribedChanges } from '../messages/subscriptions.ts';
import { endOpenStreams } from '../open-streams.ts';
import { EventSplitter, toEvent } from '../streams/events.ts';
import { ENDED, isOfEvents } from '../streams/kinds.ts';
import { hearErrors, toCause } from './cause.ts';
import { setLastWords } from './last-words.ts';
import { answer, endStream } from './write.ts';

/** How long an app that takes its time at a signal may, in milliseconds: most tools kill it after 5 s. */
const TIME_OF_ITS_OWN = 4000;

/** How soon the stream of a client is to be opened anew: the next process is about to come. */
const RETRY = 'retry: 50\n\n';

const ENDED_BY_ITSELF =
  'The server ended while this request was running. Send it again when it runs.';

/** One POST that is not answered yet. */
class InFlight {
  readonly #exchange: Exchange;
  readonly #splitter = new EventSplitter();
  readonly #answered = new Set<Id>();
  /** Whether events have ids: the client asks for what comes after the last one. */
  #hasIds = false;
  #head: Head | undefined;
  /** Said where the stream tells of changes, and is ended for a restart. */
  #changes: Message[] = [];

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** The head of the response leaves. @returns what notes its answers */
  begin(head: Head): BodyFilter | undefined {
    this.#head = head;
    if (!isOfEvents(head) || this.#unanswered.length === 0) return undefined;
    if (this.#exchange.request.headers['mcp-method'] === LISTEN) {
      const toWords = (): string => this.#changes.map((change) => toEvent(change)).join('');
      setLastWords(this.#exchange.response, toWords);
    }
    return {
      chunk: (bytes) => {
        this.#note(bytes);
        return bytes;
      },
      // An app that is told to end closes its streams, answered or not. One that does so in the same turn
      // may have heard of the signal before us.
      end: () => (isToEnd() ? Buffer.from(this.#toEvents(toReason())) : undefined),
    };
  }

  /** Answers all that is not answered yet with an error, and ends the response. */
  end(reason: string): void {
    const { request, response } = this.#exchange;
    if (this.#unanswered.length === 0) return;
    if (!this.#head) {
      const takesJson = /\bapplication\/json\b|\*\/\*/i.test(request.headers.accept ?? '');
      if (takesJson) answer(response, 'application/json', this.#toJson(reason));
      else answer(response, 'text/event-stream', this.#toEvents(reason));
    } else if (isOfEvents(this.#head) && this.#head.get('content-length') === undefined) {
      endStream(response, this.#toEvents(reason));
    }
  }

  #note(bytes: Uint8Array): void {
    for (const { event } of this.#splitter.push(bytes)) {
      if (!event) continue;
      if (event.id) this.#hasIds = true;
      for (const message of parseMessages(event.data) ?? []) {
        if (isAnswer(message)) this.#answered.add(message.id);
        this.#noteSubscription(message);
      }
    }
  }

  /** The first message on the stream of a subscription says what it tells of. */
  #noteSubscription({ method, params }: Message): void {
    if (method !== 'notifications/subscriptions/acknowledged') return;
    const { notifications, _meta } = (params ?? {}) as Record<string, Record<string, unknown>>;
    this.#changes = toSubscribedChanges(notifications, _meta);
  }

  get #unanswered(): Id[] {
    const requests = (this.#exchange.messages ?? []).filter(isRequest);
    return requests.map(({ id }) => id).filter((id) => !this.#answered.has(id));
  }

  #toJson(reason: string): string {
    const errors = this.#unanswered.map((id) => toError(id, reason));
    return JSON.stringify(errors.length === 1 ? errors[0] : errors);
  }

  #toEvents(reason: string): string {
    const id = this.#hasIds ? ENDED + randomUUID() : undefined;
    const events = this.#unanswered.map((unanswered) => toEvent(toError(unanswered, reason), id));
    // What the app has begun to say is no event of ours.
    return `${this.#splitter.isWithin ? '\n\n' : ''}${events.join('')}`;
  }
}

const open = new Map<Exchange, InFlight>();
let isEnding = false;
let isHeard = false;
let signalled: NodeJS.Signals | undefined;

/**
 * Requests that are not answered when the process ends are answered with an error, so that no client waits
 * for an answer that never comes: by whatever signal or error it ends, but for SIGKILL. Streams on which
 * nothing is asked are ended so that clients open them anew soon.
 */
export const inFlight: ExchangePart = {
  onStart(exchange) {
    hearEnd();
    if (exchange.request.method === 'POST') open.set(exchange, new InFlight(exchange));
  },
  onHead(exchange, head) {
    if (exchange.request.method !== 'GET') return open.get(exchange)?.begin(head);
    return isOfEvents(head) ? toStandalone(exchange) : undefined;
  },
  onClose: (exchange) => void open.delete(exchange),
};

/** Answers a request as at the end of the process: the code that it has come for is gone. */
export function answerRestarted(exchange: Exchange): void {
  open.get(exchange)?.end(RESTARTED);
}

/** Of the stream on which the server speaks by itself. */
function toStandalone({ response }: Exchange): BodyFilter {
  const splitter = new EventSplitter();
  const toWords = (): string => (splitter.isWithin ? '' : RETRY);
  setLastWords(response, toWords);
  return {
    chunk(bytes) {
      splitter.push(bytes);
      return bytes;
    },
    end: () => (hasGraceBegun() ? Buffer.from(toWords()) : undefined),
  };
}

/** From the first request on, once. */
function hearEnd(): void {
  if (isHeard) return;
  isHeard = true;
  hearErrors();
  onEnd(({ signal, mayGoOn }) => {
    if (mayGoOn && signal === 'SIGHUP') return; // with a listener it ends no app, as a rule
    isEnding = true;
    signalled ??= signal;
    const left = [...open.values()];
    if (mayGoOn) setTimeout(giveUp, TIME_OF_ITS_OWN, left).unref();
    else answerAll(left);
    // Where the next process goes on with the socket; elsewhere a client that comes soon comes too early.
    if (!mayGoOn && hasGraceBegun()) endOpenStreams();
  });
}

/** The app takes longer than it may, or it does not end by this signal. */
function giveUp(left: InFlight[]): void {
  answerAll(left);
  isEnding = false;
}

function answerAll(left: InFlight[]): void {
  const reason = toReason();
  for (const request of left) request.end(reason);
}

function isToEnd(): boolean {
  return isEnding || hasGraceBegun();
}

function toReason(): string {
  const cause = toCause();
  if (cause !== undefined) {
    return `The server ended while this request was running: ${cause}. It starts again when its code is mended.`;
  }
  return signalled === undefined && !hasGraceBegun() ? ENDED_BY_ITSELF : RESTARTED;
}

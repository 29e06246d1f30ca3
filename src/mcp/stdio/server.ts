import {
  isRequest,
  LISTEN,
  toLine,
  type Id,
  type Message,
  type Request,
} from '../messages/json-rpc.ts';
import { tagServerIds } from '../messages/server-ids.ts';

/** A message, and the line that it came in. */
export interface Said<M extends Message = Message> {
  message: M;
  line: Buffer | string;
}

export type Asked = Said<Request>;

/** Writes to the stdin of a run. */
export interface ServerInput {
  write: (line: Buffer | string) => void;
  end: () => void;
}

/** One run of the server, and the requests that are open between it and the client. */
export class Server {
  /** From 1. */
  readonly run: number;
  /** Requests of the client. */
  readonly inFlight = new Map<Id, Asked>();
  /** The ids of requests of the server, as the client knows them. */
  readonly questions = new Set<Id>();
  /** Whether it gets what the client says. */
  isOpen = false;
  /** Whether it was told to end. */
  isClosing = false;
  /** How many requests have waited for it. */
  held = 0;
  hasAnswered = false;
  readonly #input: ServerInput;
  readonly #own = new Map<Id, (answer: Message) => void>();
  #onIdle: () => void = () => {};

  constructor(run: number, input: ServerInput) {
    this.run = run;
    this.#input = input;
  }

  /** Begins the ids of its requests, so that an answer to another run is never taken for one to this. */
  get prefix(): string {
    return `h${this.run}:`;
  }

  write(line: Buffer | string): void {
    this.#input.write(line);
  }

  /** Closes its stdin. */
  end(): void {
    this.#input.end();
  }

  give(asked: Asked): void {
    this.inFlight.set(asked.message.id, asked);
    this.write(asked.line);
  }

  /** A request of the client has its answer, or was cancelled. */
  settle(id: Id): void {
    this.inFlight.delete(id);
    if (this.#isIdle) this.#onIdle();
  }

  /** Resolves when the requests of the client are answered. */
  close(): Promise<void> {
    this.isOpen = false;
    this.isClosing = true;
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#isIdle) resolve();
    });
  }

  /** Sends a request of our own, whose answer the client does not see. */
  ask({ method, params }: Message, onAnswer: (answer: Message) => void = () => {}): void {
    const id = `holdover:${this.run}:${this.#own.size}`;
    this.#own.set(id, onAnswer);
    this.write(toLine({ jsonrpc: '2.0', id, method, params } as Message));
  }

  /** Returns whether a message answers a request of our own. */
  takesAnswer(answer: Message & { id: Id }): boolean {
    const onAnswer = this.#own.get(answer.id);
    onAnswer?.(answer);
    return onAnswer !== undefined;
  }

  /** Returns a request or a notification of the server as the client is to hear it. */
  toHeard({ message, line }: Said): Buffer | string {
    const heard = tagServerIds(message, this.prefix);
    if (heard === message) return line;
    if (isRequest(heard)) this.questions.add(heard.id);
    else this.questions.delete((heard.params as { requestId: Id }).requestId);
    return toLine(heard);
  }

  /** A start that does not answer `initialize`, and a subscription, do not hold a restart up. */
  get #isIdle(): boolean {
    const methods = [...this.inFlight.values()].map(({ message }) => message.method);
    return methods.every((method) => method === 'initialize' || method === LISTEN);
  }
}

import { isRequest, type Id, type Message } from '../../../mcp/messages/json-rpc.ts';
import { tagRun } from './ids.ts';
import { isLasting } from './methods.ts';
import { toLine, type Asked, type Said } from './said.ts';

/** How a run of the server is spoken to. */
export interface ServerInput {
  write: (line: Buffer | string) => void;
  end: () => void;
}

/** One run of the server, and what is in flight between it and the client. */
export class Server {
  /** Counts the runs of a session. */
  readonly run: number;
  /** What the client has asked of it, by the id. */
  readonly inFlight = new Map<Id, Asked>();
  /** The ids of what it has asked of the client, as the client knows them. */
  readonly questions = new Set<Id>();
  /** Whether it gets what the client says. */
  isOpen = false;
  /** It is about to end. */
  isClosing = false;
  /** It has said something. */
  hasAnswered = false;
  /** So many requests had waited for it. */
  held = 0;
  readonly #input: ServerInput;
  readonly #own = new Map<Id, (answer: Message) => void>();
  #onIdle: () => void = () => {};

  constructor(run: number, input: ServerInput) {
    this.run = run;
    this.#input = input;
  }

  write(line: Buffer | string): void {
    this.#input.write(line);
  }

  /** Nothing more is said to it. */
  end(): void {
    this.#input.end();
  }

  give(asked: Asked): void {
    this.inFlight.set(asked.message.id, asked);
    this.write(asked.line);
  }

  /** What the client has asked is answered, or nobody waits for it any more. */
  settle(id: Id): void {
    this.inFlight.delete(id);
    if (this.#isIdle()) this.#onIdle();
  }

  /** Resolved when all is answered that can be waited for. */
  close(): Promise<void> {
    this.isOpen = false;
    this.isClosing = true;
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#isIdle()) resolve();
    });
  }

  /** Asks something that the client does not hear of. */
  ask({ method, params }: Message): Promise<Message> {
    const id = `holdover:${this.run}:${this.#own.size}`;
    this.write(toLine({ jsonrpc: '2.0', id, method, params } as Message));
    return new Promise((resolve) => this.#own.set(id, resolve));
  }

  /** Whether it answers what the client has not asked. */
  takesAnswer(answer: Message & { id: Id }): boolean {
    const take = this.#own.get(answer.id);
    take?.(answer);
    return take !== undefined;
  }

  /** What it has said, other than an answer, as the client is to hear it. */
  toHeard({ message, line }: Said): Buffer | string {
    const heard = tagRun(this.run, message);
    if (heard === message) return line;
    if (isRequest(heard)) this.questions.add(heard.id);
    else this.questions.delete((heard.params as { requestId: Id }).requestId);
    return toLine(heard);
  }

  /** What is asked at the beginning and what never ends is not waited for. */
  #isIdle(): boolean {
    const waited = [...this.inFlight.values()].filter(
      ({ message }) => message.method !== 'initialize' && !isLasting(message),
    );
    return waited.length === 0;
  }
}

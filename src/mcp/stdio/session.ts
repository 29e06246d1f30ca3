import type { Failure } from '../messages/failure.ts';
import {
  afterMessage,
  toCapabilities,
  toListChanges,
  toOtherCapabilities,
  toSettings,
  toSubscribedChanges,
  type Handshake,
  type InitializeResult,
} from '../messages/handshake.ts';
import {
  isAnswer,
  isRequest,
  LISTEN,
  parseMessage,
  RESTARTED,
  toError,
  toLine,
  type Id,
  type Message,
} from '../messages/json-rpc.ts';
import { isAboutServerRequest, untagMessage } from '../messages/server-ids.ts';
import { Server, type Asked, type Said, type ServerInput } from './server.ts';

const UNANSWERED =
  'The server does not answer the `initialize` of its client. It goes on when it answers, or when its code is mended.';

/** Requests that only read, or set what they have set: the next run may get them, too. */
const REPEATABLE = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  LISTEN,
]);

/** Where the messages of a session go. */
export interface Outlets {
  toClient: (line: Buffer | string) => void;
  /** Gets a line of the server that is no message. */
  onStray: (line: Buffer) => void;
  /** Says a sentence in the terminal. */
  say: (sentence: string) => void;
  /** A run of the server answers; so many requests have waited for it. */
  onAnswer: (held: number) => void;
}

/**
 * The session of one MCP client over all runs of its server. A request that is open when a run ends goes to the
 * next run if it is repeatable, and is answered with an error otherwise. What the client says between two runs
 * is queued. Each run hears first what the client has said in its handshake.
 */
export class Session {
  readonly #out: Outlets;
  #server: Server | undefined;
  #runs = 0;
  #queue: Said[] = [];
  /** Why there is no run that answers: the last one has ended by itself, or is silent. */
  #failure: Failure | undefined;
  #handshake: Handshake | undefined;
  /** What the client was answered to `initialize`. */
  #result: InitializeResult = {};
  /** Whether the client has sent `notifications/initialized`. */
  #isInitialized = false;
  #isOver = false;
  /** Whether the client has got an answer: then it goes on with the next run. */
  hasAnswered = false;

  constructor(out: Outlets) {
    this.#out = out;
  }

  /** Whether the client waits for an answer. */
  get isWaitedFor(): boolean {
    return this.#queue.length > 0 || (this.#server?.inFlight.size ?? 0) > 0;
  }

  /** A new run of the server begins. Its code may not run yet. */
  begin(input: ServerInput): Server {
    this.end();
    this.#failure = undefined;
    const server = new Server(++this.#runs, input);
    this.#server = server;
    if (this.#handshake) this.#renew(server, this.#handshake);
    else this.#open(server);
    return server;
  }

  /** The run is about to be ended. Resolves when it has answered; what the client asks from now on is queued. */
  async close(): Promise<void> {
    this.#failure = undefined;
    await this.#server?.close();
  }

  /** A run has ended as it was told to. */
  end(server = this.#server): void {
    if (server !== this.#server) return;
    const asked = this.#forgetServer();
    const isRepeatable = ({ message }: Asked): boolean => REPEATABLE.has(message.method);
    this.#queue.unshift(...asked.filter(isRepeatable));
    for (const one of asked) if (!isRepeatable(one)) this.#refuse(one, RESTARTED);
  }

  /** The run has ended by itself, and there is no next one until a file is saved. */
  fail(failure: Failure): void {
    this.#refuseAll(failure, this.#forgetServer());
  }

  /** The run has had its time to answer `initialize`. Until it does, requests are answered with an error. */
  expire(): void {
    const isSilent = this.#server && !this.#server.isOpen && !this.#server.isClosing;
    if (isSilent) this.#refuseAll({ inFlight: UNANSWERED, later: UNANSWERED }, []);
  }

  /** The client has closed its end. */
  over(): void {
    this.#isOver = true;
    if (this.#server?.isOpen) this.#server.end();
  }

  fromClient(line: Buffer): void {
    const message = parseMessage(line);
    if (message) this.#hearClient({ message, line });
    else if (this.#server?.isOpen) this.#server.write(line); // it answers what is wrong with the line
  }

  fromServer(server: Server, line: Buffer): void {
    const message = parseMessage(line);
    if (!message) this.#out.onStray(line);
    else if (server === this.#server) this.#hearServer(server, { message, line });
  }

  #hearClient(said: Said): void {
    const { message } = said;
    const server = this.#server;
    if (isRequest(message)) return this.#ask({ ...said, message });
    if (isAboutServerRequest(message)) {
      const own = server && untagMessage(message, server.prefix);
      if (!own) return; // it is for a run that has ended
      if (isAnswer(message)) server.questions.delete(message.id);
      return server.write(toLine(own));
    }
    if (message.method === 'notifications/cancelled') return this.#cancel(said);
    const isReady = message.method === 'notifications/initialized';
    if (isReady) this.#isInitialized = true;
    if (server?.isOpen) return server.write(said.line);
    // The next run hears from us that the client is ready.
    if (!this.#failure && !(isReady && this.#handshake)) this.#queue.push(said);
  }

  #ask(asked: Asked): void {
    if (this.#failure && asked.message.method !== LISTEN) this.#refuse(asked, this.#failure.later);
    else if (this.#server?.isOpen) this.#give(this.#server, asked);
    else this.#queue.push(asked);
  }

  #give(server: Server, asked: Asked): void {
    this.#handshake = this.#handshake && afterMessage(this.#handshake, asked.message);
    server.give(asked);
  }

  #cancel(said: Said): void {
    const { requestId: id } = (said.message.params ?? {}) as { requestId?: Id };
    this.#queue = this.#queue.filter(({ message }) => !isRequest(message) || message.id !== id);
    const server = this.#server;
    if (id === undefined || !server?.inFlight.has(id)) return;
    server.write(said.line);
    server.settle(id);
  }

  #hearServer(server: Server, said: Said): void {
    const { message, line } = said;
    if (isAnswer(message) && server.takesAnswer(message)) return;
    if (server.isOpen || server.isClosing) this.#answered(server);
    if (!isAnswer(message)) return this.#out.toClient(server.toHeard(said));
    const asked = server.inFlight.get(message.id)?.message;
    if (!asked) return; // the client has cancelled it, or has an error in its place
    if (server.isClosing && asked.method === LISTEN) return; // it goes on with the next run
    if (asked.method === 'initialize' && message.result) {
      this.#handshake = { initialize: asked };
      this.#result = message.result;
    }
    this.hasAnswered = true;
    this.#out.toClient(line);
    server.settle(message.id);
  }

  #answered(server: Server): void {
    if (server.hasAnswered) return;
    server.hasAnswered = true;
    this.#out.onAnswer(server.held);
  }

  /** Tells a new run what the client has said in its handshake. A server that refuses it may serve all the same. */
  #renew(server: Server, handshake: Handshake): void {
    server.ask(handshake.initialize, ({ error, result = this.#result }) => {
      if (server !== this.#server) return;
      if (error) {
        this.#out.say(
          `The server refuses the \`initialize\` of its client: ${error.message}. Connect the client anew.`,
        );
      } else this.#compare(result as InitializeResult);
      if (this.#isInitialized) {
        server.write(toLine({ jsonrpc: '2.0', method: 'notifications/initialized' }));
      }
      for (const setting of toSettings(handshake)) server.ask(setting);
      this.#tell(toListChanges(result));
      this.#open(server);
      this.#answered(server);
    });
  }

  #compare(result: InitializeResult): void {
    const { protocolVersion: was } = this.#result;
    const { protocolVersion: is } = result;
    if (is !== was) {
      this.#out.say(
        `The server speaks MCP ${String(is)} now, and its client goes on with ${String(was)}. Connect the client anew.`,
      );
    }
    const other = toOtherCapabilities(toCapabilities(this.#result), toCapabilities(result));
    if (other) this.#out.say(other);
  }

  /** Gives a run what is queued. */
  #open(server: Server): void {
    if (server.isClosing) return;
    this.#failure = undefined;
    const queue = this.#queue.splice(0);
    server.held = queue.filter(({ message }) => isRequest(message)).length;
    server.isOpen = true;
    for (const said of queue) {
      const { message } = said;
      if (isRequest(message)) this.#give(server, { ...said, message });
      else server.write(said.line);
      if (server.run > 1 && message.method === LISTEN) this.#tell(toSubscribedChanges(message));
    }
    if (this.#isOver) server.end();
  }

  #refuseAll(failure: Failure, asked: Asked[]): void {
    const waiting = this.#queue.flatMap((said) => (isRequest(said.message) ? [said as Asked] : []));
    this.#failure = failure;
    this.#queue = [...asked, ...waiting].filter(({ message }) => message.method === LISTEN);
    for (const one of asked) this.#refuse(one, failure.inFlight);
    for (const one of waiting) this.#refuse(one, failure.later);
  }

  /** Answers a request with an error. A subscription stays: it goes on with the next run. */
  #refuse({ message: { id, method } }: Asked, why: string): void {
    if (method !== LISTEN) this.#out.toClient(toLine(toError(id, why)));
  }

  #tell(messages: Message[]): void {
    for (const message of messages) this.#out.toClient(toLine(message));
  }

  /** Cancels the requests of the run. Returns those of the client that it has not answered. */
  #forgetServer(): Asked[] {
    const server = this.#server;
    this.#server = undefined;
    for (const requestId of server?.questions ?? []) {
      const params = { requestId, reason: 'The server has ended.' };
      const cancelled: Message = { jsonrpc: '2.0', method: 'notifications/cancelled', params };
      this.#out.toClient(toLine(cancelled));
    }
    return [...(server?.inFlight.values() ?? [])];
  }
}

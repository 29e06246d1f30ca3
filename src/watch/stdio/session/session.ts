import type { Failure } from '../../../mcp/messages/failure.ts';
import { isAnswer, isRequest, type Id, type Message } from '../../../mcp/messages/json-rpc.ts';
import { Discovery, Greeting, type Agreement } from './agreement.ts';
import { toAddressed, type Addressed } from './ids.ts';
import { isLasting, isRepeatable, toListenedChanges } from './methods.ts';
import { tell, type Outlets } from './outlets.ts';
import { toDropped, toRefusals, toWithdrawals } from './replies.ts';
import { toLine, toPrinted, toSaid, type Asked, type Said } from './said.ts';
import { Server, type ServerInput } from './server.ts';
import { RESTARTED, TOO_LONG, UNANSWERED } from './texts.ts';

/**
 * The session of one client of MCP, over all runs of its server. What is in flight when a run ends is asked
 * again of the next one where that does no harm, and answered with an error otherwise; what comes meanwhile
 * waits; and each run hears what the client has said at the beginning.
 */
export class Session {
  readonly #out: Outlets;
  #server: Server | undefined;
  #runs = 0;
  #queue: Said[] = [];
  /** Of a server that has ended by itself, or does not answer; until one does. */
  #failure: Failure | undefined;
  #agreement: Agreement | undefined;
  #isOver = false;

  constructor(out: Outlets) {
    this.#out = out;
  }

  /** Whether the client waits for an answer. */
  get isWaitedFor(): boolean {
    return this.#queue.length > 0 || (this.#server?.inFlight.size ?? 0) > 0;
  }

  /** Whether client and server have greeted each other: there is something to hold over. */
  get isAgreed(): boolean {
    return this.#agreement !== undefined;
  }

  /** A new run of the server, which may not run its code yet. */
  begin(input: ServerInput): Server {
    this.end();
    this.#failure = undefined;
    const server = new Server(++this.#runs, input);
    this.#server = server;
    if (this.#agreement) void this.#renew(server, this.#agreement);
    else this.#open(server);
    return server;
  }

  /** The run is to end. Resolved when what is in flight is answered; what the client asks now waits. */
  async close(): Promise<void> {
    this.#failure = undefined;
    await this.#server?.close();
  }

  /** The run has ended as it was told to. */
  end(server = this.#server): void {
    if (server !== this.#server) return;
    const asked = this.#forgetServer();
    const isAgain = ({ message }: Said): boolean => isRepeatable(message);
    this.#queue.unshift(...asked.filter(isAgain));
    const lost = asked.filter((said) => !isAgain(said));
    tell(this.#out, toRefusals(lost, RESTARTED));
  }

  /** The run has ended by itself, and no other one begins now. */
  fail(failure: Failure): void {
    this.#refuse(failure, this.#forgetServer());
  }

  /** The run has had time to answer `initialize`. If it has not, clients are told so until it does. */
  expire(): void {
    const server = this.#server;
    const isSilent = server !== undefined && !server.isOpen && !server.isClosing;
    if (isSilent) this.#refuse({ inFlight: UNANSWERED, later: UNANSWERED }, []);
  }

  /** The client says no more. */
  over(): void {
    this.#isOver = true;
    if (this.#server?.isOpen) this.#server.end();
  }

  fromClient(line: Buffer): void {
    const all = toSaid(line);
    if (!all && this.#server?.isOpen) this.#server.write(line); // the server says what is wrong with it
    for (const said of all ?? []) this.#hearClient(said);
  }

  fromServer(server: Server, line: Buffer): void {
    const { stray, said: all } = toPrinted(line);
    if (stray.length > 0) this.#out.onStray(stray);
    if (server === this.#server) for (const said of all) this.#hearServer(server, said);
  }

  /** A message was dropped that is too long: who waits for what it says is told. */
  dropped(edges: string, server?: Server): void {
    this.#out.say(TOO_LONG);
    const errors = toDropped(edges, server);
    tell(this.#out, errors);
    for (const error of errors.filter(isAnswer)) server?.settle(error.id);
  }

  #refuse(failure: Failure, asked: Asked[]): void {
    const waiting = this.#queue;
    this.#failure = failure;
    this.#queue = [...asked, ...waiting].filter(({ message }) => isLasting(message));
    tell(this.#out, toRefusals(asked, failure.inFlight));
    tell(this.#out, toRefusals(waiting, failure.later));
  }

  #hearClient(said: Said): void {
    const { message } = said;
    if (isRequest(message)) return this.#ask(said as Asked);
    const addressed = toAddressed(message);
    if (addressed) return this.#reply(addressed, message);
    if (isAnswer(message)) return; // to nothing that was asked
    if (message.method === 'notifications/cancelled') return this.#cancel(said);
    const isReady = message.method === 'notifications/initialized';
    if (isReady && this.#agreement) this.#agreement.isInitialized = true;
    if (this.#server?.isOpen) return this.#server.write(said.line);
    // The next run hears at its beginning that the client is ready.
    if (!this.#failure && !(isReady && this.#agreement)) this.#queue.push(said);
  }

  #ask(asked: Asked): void {
    if (this.#failure && !isLasting(asked.message)) {
      tell(this.#out, toRefusals([asked], this.#failure.later));
    } else if (this.#server?.isOpen) this.#give(this.#server, asked);
    else this.#queue.push(asked);
  }

  #give(server: Server, asked: Asked): void {
    this.#agreement ??= Discovery.of(asked.message);
    this.#agreement?.hear(asked.message);
    server.give(asked);
  }

  /** What is said to a run is dropped when that has ended. */
  #reply({ run, message }: Addressed, { id }: Message): void {
    if (this.#server?.run !== run) return;
    if (id !== undefined && id !== null) this.#server.questions.delete(id);
    this.#server.write(toLine(message));
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
    const { message } = said;
    if (isAnswer(message) && server.takesAnswer(message)) return;
    if (server.isOpen || server.isClosing) this.#heard(server);
    if (isAnswer(message)) this.#answered(server, message, said.line);
    else this.#out.toClient(server.toHeard(said));
  }

  #heard(server: Server): void {
    if (server.hasAnswered) return;
    server.hasAnswered = true;
    this.#out.onAnswer(server.held);
  }

  #answered(server: Server, { id, result }: Message & { id: Id }, line: Buffer | string): void {
    const asked = server.inFlight.get(id)?.message;
    if (!asked) return; // nobody waits for it any more
    if (server.isClosing && isLasting(asked)) return; // it goes on with the next run
    const isGreeting = asked.method === 'initialize' && result !== undefined;
    if (isGreeting) this.#agreement = new Greeting(asked, result);
    this.#out.toClient(line);
    server.settle(id);
  }

  async #renew(server: Server, agreement: Agreement): Promise<void> {
    const changes = await agreement.renew(server, this.#out.say);
    if (server !== this.#server) return;
    tell(this.#out, changes);
    this.#open(server);
    this.#heard(server);
  }

  /** Gives a run what has waited for it. */
  #open(server: Server): void {
    if (server.isClosing) return;
    this.#failure = undefined;
    const queue = this.#queue.splice(0);
    server.held = queue.filter(({ message }) => isRequest(message)).length;
    server.isOpen = true;
    for (const said of queue) {
      if (isRequest(said.message)) this.#give(server, said as Asked);
      else server.write(said.line);
      if (server.run > 1 && isLasting(said.message)) {
        tell(this.#out, toListenedChanges(said.message));
      }
    }
    if (this.#isOver) server.end();
  }

  /** @returns what was in flight */
  #forgetServer(): Asked[] {
    const server = this.#server;
    this.#server = undefined;
    tell(this.#out, toWithdrawals(server?.questions ?? []));
    return [...(server?.inFlight.values() ?? [])];
  }
}

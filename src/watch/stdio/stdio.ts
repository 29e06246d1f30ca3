import type { Crash } from '../../asking/crash.ts';
import { toFailure, type Failure } from '../../mcp/messages/failure.ts';
import type { OutputReader, Printing } from '../process/child.ts';
import type { Report } from '../report/report.ts';
import type { Run } from '../run.ts';
import { waitWithin } from '../wait-within.ts';
import { whenHeard } from '../when-heard.ts';
import { FirstLine } from './first-line.ts';
import { Lines } from './lines.ts';
import { Output } from './output.ts';
import { passOn } from './pass-on.ts';
import type { Server } from './session/server.ts';
import { Session } from './session/session.ts';
import { STRAY } from './session/texts.ts';
import { canSeeErrors, mayHaveClient } from './streams.ts';

/** How long a server that has time may take to answer `initialize`, in milliseconds: the same as over HTTP. */
const ANSWERS_WITHIN = 10_000;

/** How long to wait for what an app has printed last to stderr, in milliseconds. */
const LAST_ERRORS = 500;

/**
 * @returns undefined where no client of MCP can be at the other end of stdin and stdout: what the app
 * prints is none of our business there
 */
export function openStdio(report: Report, root: string, onOver: () => void): Stdio | undefined {
  return mayHaveClient() ? new Stdio(report, root, onOver) : undefined;
}

/**
 * A client of MCP at the other end of stdin and stdout, which stays connected while its server is restarted.
 * Bytes are passed on as they are until the first line shows that there is one, and for ever where it does not.
 */
export class Stdio implements OutputReader {
  readonly stderr: 'pipe' | 'inherit' = canSeeErrors() ? 'pipe' : 'inherit';
  readonly #report: Report;
  readonly #root: string;
  readonly #onOver: () => void;
  readonly #outputs = new WeakMap<Printing, Output>();
  /** Until it is known who speaks. */
  #firstLine: FirstLine | undefined = new FirstLine();
  #session: Session | undefined;
  #run: Run | undefined;
  /** How the last run has failed, while none lives. */
  #failure: Failure | undefined;
  #isOver = false;
  #isFlushing = false;
  readonly #input = new Lines(
    (line) => this.#session?.fromClient(line),
    (edges) => this.#session?.dropped(edges),
  );

  /**
   * @param root of the project, a real path
   * @param onOver called when the client has left, and its server too
   */
  constructor(report: Report, root: string, onOver: () => void) {
    this.#report = report;
    this.#root = root;
    this.#onOver = onOver;
    // Nobody reads any more: the app hears so from what it writes to.
    process.stdout.on('error', () => this.#output?.stdout.destroy());
    process.stderr.on('error', () => this.#output?.stderr?.destroy());
  }

  /** A process of the app has been started, which may run it later. */
  onSpawn(process: Printing): void {
    this.#outputs.set(process, new Output(process));
  }

  /** Whether a client waits for an answer. */
  get isWaitedFor(): boolean {
    return this.#session?.isWaitedFor === true;
  }

  /** @returns whether it is what a client of MCP says; what came before of its first message, too */
  takes(input: Buffer): boolean {
    if (this.#session) this.#input.push(input);
    else if (this.#isFirstMessage(input)) this.#beginSession(input);
    return this.#session !== undefined;
  }

  /** Nothing more comes in. @returns whether it was a client of MCP */
  takesEnd(): boolean {
    if (!this.#session) return false;
    this.#isOver = true;
    this.#session.over();
    if (this.#failure) this.#onOver();
    return true;
  }

  /** A run begins. */
  attach(run: Run): void {
    this.#run = run;
    this.#failure = undefined;
    if (this.#firstLine?.length) this.#firstLine = undefined; // the run before has had the beginning
    if (this.#session) this.#serve(this.#session, run, 0);
    void run.child.exited.then(() => {
      process.stdin.resume(); // it had not taken all
      if (this.#isOver && this.#run === run && !run.child.isStopping) this.#onOver();
    });
  }

  /** The start of a run is over, and it has time. */
  started(run: Run): void {
    const expire = (): void => void (this.#run === run && this.#session?.expire());
    void run.child.exited.then(whenHeard(ANSWERS_WITHIN, expire));
  }

  /** The run is to end. Resolved when what is in flight is answered. */
  close(): Promise<void> | undefined {
    return this.#session?.close();
  }

  /** A run has ended by itself, and there is no other one before a change. */
  async fail(run: Run, described: Promise<Crash>): Promise<void> {
    const output = this.#outputs.get(run.child);
    const crash = await described;
    await waitWithin(LAST_ERRORS, output?.areErrorsRead);
    if (this.#run !== run) return;
    this.#failure = toFailure(crash, this.#root, output?.tail.toString());
    this.#session?.fail(this.#failure);
    if (this.#isOver) this.#onOver();
  }

  /** Waits until all that the app has printed has left this process; asked again it waits no longer. */
  async flush(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    await this.#output?.untilRead();
    for (const stream of [process.stdout, process.stderr]) {
      await new Promise<void>((resolve) => stream.write('', () => resolve()));
    }
  }

  get #output(): Output | undefined {
    return this.#run && this.#outputs.get(this.#run.child);
  }

  #isFirstMessage(input: Buffer): boolean {
    const isFirst = this.#firstLine?.add(input);
    if (isFirst === false) this.#firstLine = undefined;
    return isFirst === true;
  }

  #beginSession(input: Buffer): void {
    const isStray = (line: Buffer): void => {
      this.#report.sayOnce(STRAY);
      if (this.#output) passOn(this.#output.stdout, process.stderr, line);
    };
    const session = new Session({
      toClient: (line) => this.#toClient(line),
      onStray: isStray,
      say: this.#report.sayOnce,
      onAnswer: (held) => this.#answered(held),
    });
    this.#session = session;
    const { length = 0 } = this.#firstLine ?? {};
    const all = this.#firstLine?.with(input) ?? input;
    this.#firstLine = undefined;
    if (this.#failure) session.fail(this.#failure);
    else if (this.#run) this.#serve(session, this.#run, length);
    this.#input.push(all);
  }

  /** @param known so much of the first line it has had already, in bytes */
  #serve(session: Session, { child }: Run, known: number): void {
    const output = this.#outputs.get(child);
    const { stdin } = child;
    if (!stdin || !output) return;
    let left = known;
    const server: Server = session.begin({
      write: (line) => {
        passOn(process.stdin, stdin, left > 0 ? Buffer.from(line).subarray(left) : line);
        left = 0;
      },
      end: () => stdin.end(),
    });
    output.takeLines(
      new Lines(
        (line) => session.fromServer(server, line),
        (edges) => session.dropped(edges, server),
      ),
    );
    child.lastWords.push(output.isRead);
    void child.exited.then(() => child.isStopping && session.end(server));
  }

  #toClient(line: Buffer | string): void {
    if (this.#output) passOn(this.#output.stdout, process.stdout, line);
    else process.stdout.write(line);
  }

  #answered(held: number): void {
    this.#run?.answered(held, this.#session?.isAgreed ? 1 : 0);
    this.#run?.child.send({ holdover: 'answered' });
  }
}

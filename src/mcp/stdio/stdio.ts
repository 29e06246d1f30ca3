import { fstatSync, type Stats } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Crash } from '../../asking/crash.ts';
import { toFailure, type Failure } from '../messages/failure.ts';
import { parseMessage } from '../messages/json-rpc.ts';
import { Lines } from './lines.ts';
import { isSettled, Output, passOn, type Printing } from './output.ts';
import type { Server } from './server.ts';
import { Session } from './session.ts';

/** How long a server that has started may take to answer `initialize`. The same as over HTTP. */
const ANSWER_WITHIN_MS = 10_000;

/** How long to wait for the last words of an app on stderr. */
const LAST_ERRORS_MS = 500;

/** The first message of a client is an `initialize`. A longer line is none. */
const MAX_FIRST_LINE_BYTES = 1024 * 1024;

const NEWLINE = 10;
const BRACE = '{'.charCodeAt(0);

const STRAY =
  'The server prints to stdout, where its client reads. Those lines go to stderr: print them there, by console.error.';

/** One run of the server, as `holdover watch` has it. */
export interface StdioRun {
  readonly child: Printing & {
    readonly stdin: Writable | undefined;
    readonly exited: Promise<unknown>;
    readonly isStopping: boolean;
    /** `exited` waits for these, for a while. */
    readonly lastWords: Promise<unknown>[];
  };
  /** It answers. @param held how many requests have waited for it @param clients how many go on with it */
  answered: (held: number, clients: number) => void;
}

export interface StdioOptions {
  /** Of the project, a real path. */
  root: string;
  /** Says a sentence in the terminal, once. */
  say: (sentence: string) => void;
  /** Called when the client has left, and the server has ended. */
  onOver: () => void;
}

/**
 * Reads what the app prints, if an MCP client may be at the other end: stdin and stdout are pipes or sockets.
 * Where stderr and stdout are one, none is, and the order of what is printed to both would be lost.
 */
export function openStdio(options: StdioOptions): Stdio | undefined {
  const [stdin, stdout, stderr] = [0, 1, 2].map(stat);
  const isOne = stdout?.ino === stderr?.ino && stdout?.dev === stderr?.dev;
  return isPipe(stdin) && isPipe(stdout) && !isOne ? new Stdio(options, isPipe(stderr)) : undefined;
}

/**
 * Keeps an MCP client connected to stdin and stdout while its server is restarted. Bytes are passed on as they
 * are until the first line of stdin is a message, and for ever if it is none.
 */
export class Stdio {
  readonly stderr: 'pipe' | 'inherit';
  readonly #options: StdioOptions;
  readonly #outputs = new WeakMap<object, Output>();
  /** What stdin has sent before it is known whether a client is there; undefined when it is known. */
  #first: Buffer | undefined = Buffer.alloc(0);
  #session: Session | undefined;
  #run: StdioRun | undefined;
  /** How the last run has failed, until the next one begins. */
  #failure: Failure | undefined;
  #isOver = false;
  #isFlushing = false;
  readonly #input = new Lines((line) => this.#session?.fromClient(line));

  constructor(options: StdioOptions, canSeeErrors: boolean) {
    this.#options = options;
    this.stderr = canSeeErrors ? 'pipe' : 'inherit';
    // When the client closes our stdout, close the app's too, so that it gets EPIPE.
    process.stdout.on('error', () => this.#output?.stdout.destroy());
    process.stderr.on('error', () => this.#output?.stderr?.destroy());
  }

  /** A process was started, which may run the app later. */
  onSpawn(process: Printing): void {
    this.#outputs.set(process, new Output(process));
  }

  get isWaitedFor(): boolean {
    return this.#session?.isWaitedFor === true;
  }

  /** Takes what has come on stdin if it is of an MCP client, with what has come before of its first line. */
  takes(input: Buffer): boolean {
    if (this.#session) this.#input.push(input);
    else if (this.#first) {
      const all = Buffer.concat([this.#first, input]);
      const isClient = isOfClient(all);
      if (isClient) this.#beginSession(all, this.#first.length);
      this.#first = isClient === undefined ? all : undefined;
    }
    return this.#session !== undefined;
  }

  /** Takes the end of stdin if it is of an MCP client. */
  takesEnd(): boolean {
    if (!this.#session) return false;
    this.#isOver = true;
    this.#session.over();
    if (this.#failure) this.#options.onOver();
    return true;
  }

  /** A run begins. */
  attach(run: StdioRun): void {
    this.#run = run;
    this.#failure = undefined;
    if (this.#first && this.#first.length > 0) this.#first = undefined; // the last run has read it
    if (this.#session) this.#serve(this.#session, run, 0);
    void run.child.exited.then(() => {
      process.stdin.resume(); // it may have been paused, as the run had not read all
      if (this.#isOver && this.#run === run && !run.child.isStopping) this.#options.onOver();
    });
  }

  /** A run has started. From now on its time to answer counts. */
  started(run: StdioRun): void {
    const expire = (): void => void (this.#run === run && this.#session?.expire());
    // An answer that came while this process was kept from running is read before.
    const timer = setTimeout(() => setImmediate(setImmediate, expire), ANSWER_WITHIN_MS).unref();
    void run.child.exited.then(() => clearTimeout(timer));
  }

  /** The run is about to be ended. Resolves when it has answered what it was asked. */
  close(): Promise<void> | undefined {
    return this.#session?.close();
  }

  /** A run has ended by itself. */
  async fail(run: StdioRun, described: Promise<Crash>): Promise<void> {
    const output = this.#outputs.get(run.child);
    const crash = await described;
    if (output) await isSettled(output.areErrorsRead, LAST_ERRORS_MS);
    if (this.#run !== run) return;
    this.#failure = toFailure(crash, this.#options.root, output?.tail);
    this.#session?.fail(this.#failure);
    if (this.#isOver) this.#options.onOver();
  }

  /** Waits until all that the app has printed has left this process. A second call returns at once. */
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

  /** @param known how many bytes of the first line the run has read already */
  #beginSession(input: Buffer, known: number): void {
    const session = new Session({
      toClient: (line) => {
        if (this.#output) passOn(this.#output.stdout, process.stdout, line);
        else process.stdout.write(line);
      },
      onStray: (line) => {
        this.#options.say(STRAY);
        if (this.#output) passOn(this.#output.stdout, process.stderr, line);
      },
      say: this.#options.say,
      onAnswer: (held) => this.#run?.answered(held, session.hasAnswered ? 1 : 0),
    });
    this.#session = session;
    if (this.#failure) session.fail(this.#failure);
    else if (this.#run) this.#serve(session, this.#run, known);
    this.#input.push(input);
  }

  #serve(session: Session, { child }: StdioRun, known: number): void {
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
    output.takeLines(new Lines((line) => session.fromServer(server, line)));
    child.lastWords.push(output.isRead);
    void child.exited.then(() => child.isStopping && session.end(server));
  }
}

/** Returns whether stdin begins with a message, and undefined until its first line is whole. */
function isOfClient(input: Buffer): boolean | undefined {
  const end = input.indexOf(NEWLINE);
  if (input[0] !== BRACE) return false;
  if (end === -1) return input.length > MAX_FIRST_LINE_BYTES ? false : undefined;
  return parseMessage(input.subarray(0, end)) !== undefined;
}

function isPipe(stats: Stats | undefined): boolean {
  return stats !== undefined && (stats.isFIFO() || stats.isSocket());
}

function stat(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined; // it is closed
  }
}

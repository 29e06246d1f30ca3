import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Crash } from '../../asking/crash.ts';
import { maySeeSource } from '../../loopback/viewer.ts';
import { toFailure } from '../../mcp/messages/failure.ts';
import { answerMcp, asksByMcp } from './answer-mcp.ts';
import { EventStreams, wantsEvents } from './event-streams.ts';
import type { ToEditorUrl } from './editors.ts';
import { NOT_RUNNING } from './render-html.ts';
import { toPage } from './render.ts';
import { asksToTryAgain, mayTryAgain } from './try-again.ts';

/** How long a page waits for news before it asks again, in milliseconds. */
const WAIT = 25_000;
const WAIT_FOR_APP = 1000;

/** How long a connection may be silent, and how long one that is ended, in milliseconds. */
const SILENT_FOR = 30_000;
const END_WITHIN = 1000;

/** How long the rest of a request is read, in milliseconds. */
const READ_WITHIN = 5000;

/** Sessions gather cookies, and an app may take more of them than Node does by itself. */
const MAX_HEADER_SIZE = 64 * 1024;

const COMMON_HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Retry-After': '1',
  Vary: 'Accept',
  'X-Content-Type-Options': 'nosniff',
  'X-Holdover': 'crash',
};

interface CrashPageOptions {
  editor: ToEditorUrl;
  root: string;
  onTryAgain: () => void;
}

/**
 * Answers in place of an app that does not run: each request at once with status 503, and what happened
 * for those who may see it (`maySeeSource`). A client of MCP gets an error of JSON-RPC; one that opens its stream
 * of events is kept until the app is back. It listens nowhere; connections are handed to it. Nothing
 * that a client does throws here, keeps a connection for long, or comes back in an answer.
 */
export class CrashPage {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  /** Those that are under way. */
  readonly #answers = new Set<ServerResponse>();
  readonly #editor: ToEditorUrl;
  readonly #root: string;
  readonly #onTryAgain: () => void;
  readonly #waiting = new Set<() => void>();
  readonly #streams = new EventStreams();
  readonly #name = randomBytes(6).toString('hex');
  #state = 0;
  #crash: Crash | undefined;
  #isOver = true;
  #isClosed = false;

  /**
   * @param editor the addresses of source positions, one of `EDITORS`
   * @param root of the project, a real path
   * @param onTryAgain called when a person at this machine presses the button
   */
  constructor({ editor, root, onTryAgain }: CrashPageOptions) {
    this.#editor = editor;
    this.#onTryAgain = onTryAgain;
    this.#root = root;
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.#answer(request, response);
    // Upgrades are answered like any request, as nothing listens for them.
    this.#server = createServer(
      { maxHeaderSize: MAX_HEADER_SIZE, requireHostHeader: false },
      answer,
    )
      .on('checkContinue', answer)
      .on('checkExpectation', answer)
      .setTimeout(SILENT_FOR);
  }

  /** Shows a crash from now on; pages that show an older one load anew. */
  show(crash: Crash): void {
    this.#crash = crash;
    this.#isOver = false;
    this.#announce();
  }

  /** Answers the requests of a connection of which nothing has been read; it may be paused. */
  accept(socket: Socket): void {
    if (this.#isClosed || socket.destroyed) {
      socket.destroy();
      return;
    }
    socket.on('error', () => {}); // it is gone; Node's server looks at that only later
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
    this.#server.emit('connection', socket);
    socket.resume();
  }

  /**
   * The app is back: pages that wait load anew, and connections end as soon as their answers are out.
   * The next `show()` begins again.
   *
   * @returns when all connections have ended
   */
  async release(): Promise<void> {
    this.#crash = undefined;
    this.#isOver = true;
    this.#announce();
    this.#streams.end();
    const connections = [...this.#connections];
    const ended = connections.map((socket) => new Promise((end) => socket.once('close', end)));
    const busy = new Set([...this.#answers].map(({ socket }) => socket));
    for (const socket of connections.filter((one) => !busy.has(one))) {
      socket.setTimeout(END_WITHIN); // what is still sent is read, so that none is reset
      socket.end();
    }
    await Promise.all(ended);
  }

  /** Ends everything at once, answers under way too. Connections that still come are closed. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#connections) socket.destroy();
  }

  get #id(): string {
    return `${this.#name}-${this.#state}`;
  }

  /** Nobody should come any more when the app is back; who does asks no more often than this. */
  get #waitsFor(): number {
    return this.#isOver ? WAIT_FOR_APP : WAIT;
  }

  #announce(): void {
    this.#state++;
    this.#waiting.forEach((tell) => tell());
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.on('error', () => {});
    response.on('error', () => {});
    this.#answers.add(response);
    response.once('close', () => this.#answers.delete(response));
    try {
      const waitsFor = request.headers['x-holdover-wait'];
      if (request.method === 'HEAD' && waitsFor !== undefined) this.#wait(waitsFor, response);
      else if (asksToTryAgain(request)) this.#tryAgain(request, response);
      else if (wantsEvents(request)) this.#streams.hold(response, COMMON_HEADERS, this.#waitsFor);
      else if (asksByMcp(request)) this.#tellAgent(request, response);
      else this.#tell(request, response);
    } catch {
      response.destroy();
    }
  }

  #tellAgent(request: IncomingMessage, response: ServerResponse): void {
    const crash = maySeeSource(request) ? this.#crash : undefined;
    const text = crash ? toFailure(crash, this.#root).later : NOT_RUNNING;
    const headers = { ...COMMON_HEADERS, 'X-Holdover-Crash': this.#id };
    void answerMcp(request, response, { text, headers, within: READ_WITHIN });
  }

  #tryAgain(request: IncomingMessage, response: ServerResponse): void {
    const isAllowed = !this.#isOver && mayTryAgain(request, this.#id);
    response.writeHead(isAllowed ? 202 : 403, { ...COMMON_HEADERS, Connection: 'close' });
    response.end();
    request.resume();
    if (isAllowed) this.#onTryAgain();
  }

  #tell(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET' } = request;
    const crash = maySeeSource(request) ? this.#crash : undefined;
    const shown = { crash, id: this.#id, method, editor: this.#editor };
    const { headers, body } = toPage(shown, request.headers.accept);
    response.writeHead(503, {
      ...COMMON_HEADERS,
      'X-Holdover-Crash': this.#id,
      ...headers,
      Connection: 'close',
    });
    if (method === 'HEAD' || request.headers.expect !== undefined) {
      response.end(body); // with Expect the body has not been sent, and is not wanted
      return;
    }
    response.write(body);
    // A connection that is closed with something unread is reset, and the answer may be lost with it.
    const end = (): void => void response.end();
    const timer = setTimeout(end, READ_WITHIN).unref();
    response.once('close', () => clearTimeout(timer));
    request.once('end', end).once('close', end).resume();
  }

  /** Keeps the answer until there is another state than the one that the page shows, or for a while. */
  #wait(id: string | string[], response: ServerResponse): void {
    const tell = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(tell);
      if (response.destroyed) return;
      response.writeHead(this.#isOver ? 204 : 503, {
        ...COMMON_HEADERS,
        ...(this.#isOver ? { Connection: 'close' } : { 'X-Holdover-Crash': this.#id }),
      });
      response.end();
    };
    const timer = setTimeout(tell, this.#waitsFor).unref();
    response.once('close', () => {
      clearTimeout(timer);
      this.#waiting.delete(tell);
    });
    if (id === this.#id) this.#waiting.add(tell);
    else tell();
  }
}

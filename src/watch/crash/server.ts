import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Connections } from './connections.ts';
import type { Crash } from './describe.ts';
import { drain } from './read-body.ts';
import type { ToEditorUrl } from './editors.ts';
import { toPage } from './render.ts';
import { refuse } from './bad-request.ts';
import { maySeeSource } from './viewer.ts';

/** How long a client may take to ask, and to take the answer in, in milliseconds. */
const ASK_WITHIN = 10_000;
const TAKE_WITHIN = 30_000;

/** How long a page waits for news before it asks again, in milliseconds. */
const WAIT = 25_000;
const WAIT_FOR_APP = 1000;

/** How long a connection that is ended may take to end, in milliseconds. */
const END_WITHIN = 1000;

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

/**
 * Answers in place of an app that does not run: each request at once with status 503, and what happened
 * for those who may see it (`maySeeSource`). It listens nowhere; connections are handed to it. Nothing
 * that a client does throws here, keeps a connection for long, or comes back in an answer.
 */
export class CrashPage {
  readonly #server: Server;
  readonly #connections = new Connections();
  readonly #editor: ToEditorUrl;
  readonly #waiting = new Set<() => void>();
  readonly #name = randomBytes(6).toString('hex');
  #state = 0;
  #crash: Crash | undefined;
  #isOver = true;
  #isClosed = false;

  /** @param editor the addresses of source positions, one of `EDITORS` */
  constructor({ editor }: { editor: ToEditorUrl }) {
    this.#editor = editor;
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.#answer(request, response);
    // Upgrades are answered like any request, as nothing listens for them.
    this.#server = createServer(
      { maxHeaderSize: MAX_HEADER_SIZE, requireHostHeader: false },
      answer,
    )
      .on('checkContinue', answer)
      .on('checkExpectation', answer)
      .on('clientError', refuse);
  }

  /**
   * Shows a crash from now on; pages that show an older one load anew. A crash may be shown first
   * without its details, and again with them.
   */
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
    this.#connections.add(socket, ASK_WITHIN);
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
    this.#connections.endIdle(END_WITHIN);
    await this.#connections.empty();
  }

  /** Ends everything at once, answers under way too. Connections that still come are closed. */
  close(): void {
    this.#isClosed = true;
    this.#connections.destroy();
  }

  get #id(): string {
    return `${this.#name}-${this.#state}`;
  }

  #announce(): void {
    this.#state++;
    this.#waiting.forEach((tell) => tell());
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    request.on('error', () => {});
    response.on('error', () => {});
    this.#connections.count(socket, 1);
    response.once('close', () => this.#connections.count(socket, -1));
    try {
      this.#connections.allow(socket, TAKE_WITHIN);
      const waitsFor = request.headers['x-holdover-wait'];
      if (request.method === 'HEAD' && waitsFor !== undefined) this.#wait(waitsFor, response);
      else this.#tell(request, response);
    } catch {
      response.destroy();
    }
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
    drain(request, () => response.end());
  }

  /** Keeps the answer until there is another state than the one that the page shows, or for a while. */
  #wait(id: string | string[], response: ServerResponse): void {
    const socket = response.socket as Socket;
    const tell = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(tell);
      if (response.destroyed) return;
      response.writeHead(this.#isOver ? 204 : 503, {
        ...COMMON_HEADERS,
        ...(this.#isOver ? { Connection: 'close' } : { 'X-Holdover-Crash': this.#id }),
      });
      response.end();
      this.#connections.allow(socket, ASK_WITHIN);
    };
    // Nobody should come any more when the app is back; who does asks no more often than this.
    const timer = setTimeout(tell, this.#isOver ? WAIT_FOR_APP : WAIT).unref();
    response.once('close', () => {
      clearTimeout(timer);
      this.#waiting.delete(tell);
    });
    if (id !== this.#id) tell();
    else {
      this.#connections.allow(socket, WAIT + TAKE_WITHIN);
      this.#waiting.add(tell);
    }
  }
}

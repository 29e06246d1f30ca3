import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Crash } from '../../asking/crash.ts';
import { maySeeSource, readHosts } from '../../loopback/viewer.ts';
import { mayBeMcp } from '../../mcp/hook/recognise.ts';
import { toFailure } from '../../mcp/messages/failure.ts';
import { isRequest, parseMessage, toError } from '../../mcp/messages/json-rpc.ts';
import {
  CONTENT_SECURITY_POLICY,
  NOT_RUNNING,
  toHtml,
  toJson,
  TRY_AGAIN_HEADER,
  TRY_AGAIN_PATH,
} from './page.ts';

/** How long a connection may be silent, and how long one that is ended, in milliseconds. */
const SILENT_FOR = 30_000;
const END_WITHIN = 1000;

/** How long the rest of a request is read, and a stream of events kept, in milliseconds. */
const READ_WITHIN = 5000;
const STREAM_FOR = 25_000;

/** Sessions gather cookies, and an app may take more of them than Node does by itself. */
const MAX_HEADER_SIZE = 64 * 1024;

/** A longer body is read and not looked at, in bytes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * All that is said on a stream of events: how soon to ask again once it ends, in milliseconds. Clients of MCP give
 * a stream up for good when it is refused twice, and one that ends they open anew.
 */
const WORDS = 'retry: 50\n: The app is not running.\n\n';

interface CrashPageOptions {
  /** The scheme of addresses that open a source in the editor. */
  editor: string;
  /** Of the project, a real path. */
  root: string;
  /** A person at this machine has pressed the button of the page. */
  onTryAgain: () => void;
}

/**
 * Answers in place of an app that does not run: each request at once with status 503, and what happened
 * for those who may see it (`maySeeSource`), as a page for browsers and as JSON for all others. A client of MCP
 * gets an error of JSON-RPC; one that opens its stream of events is kept until the app is back. It listens
 * nowhere; connections are handed to it. Nothing that a client does throws here, keeps a connection for long, or
 * comes back in an answer.
 */
export class CrashPage {
  readonly #options: CrashPageOptions;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  /** Those that are under way, and of them the streams of events. */
  readonly #answers = new Set<ServerResponse>();
  readonly #streams = new Set<ServerResponse>();
  readonly #name = randomBytes(6).toString('hex');
  #state = 0;
  #crash: Crash | undefined;
  #isClosed = false;

  constructor(options: CrashPageOptions) {
    this.#options = options;
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
    this.#state++;
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

  /** The app is back: connections end as soon as their answers are out. The next `show()` begins again. */
  release(): void {
    this.#crash = undefined;
    this.#state++;
    for (const stream of this.#streams) stream.end();
    const busy = new Set([...this.#answers].map(({ socket }) => socket));
    for (const socket of this.#connections) {
      if (busy.has(socket)) continue;
      socket.setTimeout(END_WITHIN); // what is still sent is read, so that none is reset
      socket.end();
    }
  }

  /** Ends everything at once, answers under way too. Connections that still come are closed. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#connections) socket.destroy();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.on('error', () => {});
    response.on('error', () => {});
    this.#answers.add(response);
    response.once('close', () => this.#answers.delete(response));
    const { method, url, headers } = request;
    const isTold = headers.expect === undefined;
    const headersOfAll = {
      'Cache-Control': 'no-store',
      Connection: 'close',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'Retry-After': '1',
      Vary: 'Accept',
      'X-Content-Type-Options': 'nosniff',
      'X-Holdover': 'crash',
      'X-Holdover-Crash': `${this.#name}-${this.#state}`,
    };
    for (const [name, value] of Object.entries(headersOfAll)) response.setHeader(name, value);
    try {
      if (method === 'POST' && url === TRY_AGAIN_PATH) this.#tryAgain(request, response);
      else if (wantsEvents(request)) this.#stream(response);
      else if (method === 'POST' && isTold && mayBeMcp(request))
        void this.#tellAgent(request, response);
      else this.#tell(request, response);
    } catch {
      response.destroy();
    }
  }

  #tell(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', headers } = request;
    const crash = maySeeSource(request) ? this.#crash : undefined;
    const isPage = /\btext\/html\b/i.test(headers.accept ?? '');
    const { editor } = this.#options;
    const id = String(response.getHeader('X-Holdover-Crash'));
    const body = isPage ? toHtml({ crash, id, method, editor }) : toJson(crash);
    if (isPage) response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    response.writeHead(503, {
      'Content-Type': `${isPage ? 'text/html' : 'application/json'}; charset=utf-8`,
      'Content-Length': Buffer.byteLength(body),
    });
    if (method === 'HEAD' || headers.expect !== undefined) {
      response.end(body); // with Expect the body has not been sent, and is not wanted
      return;
    }
    response.write(body);
    void readBody(request).then(() => response.end());
  }

  /**
   * Answers a request of JSON-RPC with an error, which reaches the agent as it is: SDKs show the body of a 503 as
   * text, and take an error with status 200 for the answer. A body that is no request gets 503.
   */
  async #tellAgent(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const crash = maySeeSource(request) ? this.#crash : undefined;
    const text = crash ? toFailure(crash, this.#options.root).later : NOT_RUNNING;
    const message = parseMessage(await readBody(request));
    const asks = message && isRequest(message);
    response.writeHead(asks ? 200 : 503, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ ...toError(0, text), id: asks ? message.id : null }));
  }

  /** Keeps a stream of events open until the app is back, or for a while; its client asks again then. */
  #stream(response: ServerResponse): void {
    const timer = setTimeout(() => response.end(), this.#crash ? STREAM_FOR : END_WITHIN).unref();
    this.#streams.add(response);
    response.once('close', () => {
      clearTimeout(timer);
      this.#streams.delete(response);
    });
    response.removeHeader('X-Holdover-Crash');
    response.setHeader('Cache-Control', 'no-store, no-transform');
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(WORDS);
  }

  /**
   * The button of the page: it has to name the crash that is shown, from this machine and the same origin. Another
   * port of this machine is another origin here: it may be of any project.
   */
  #tryAgain(request: IncomingMessage, response: ServerResponse): void {
    const { origin, [TRY_AGAIN_HEADER]: named, 'sec-fetch-site': site } = request.headers;
    const isOfPage = origin === `http://${readHosts(request)[0]}`;
    const isSameOrigin = isOfPage && (site === undefined || site === 'same-origin');
    const isShown = this.#crash !== undefined && named === `${this.#name}-${this.#state}`;
    const isAllowed = isShown && isSameOrigin && maySeeSource(request);
    response.removeHeader('X-Holdover-Crash');
    response.writeHead(isAllowed ? 202 : 403).end();
    request.resume();
    if (isAllowed) this.#options.onTryAgain();
  }
}

/** Whether a client of MCP opens the stream on which it hears of its session. */
function wantsEvents({ method, headers }: IncomingMessage): boolean {
  const isOfSession = method === 'GET' && headers['mcp-session-id'] !== undefined;
  return isOfSession && /\btext\/event-stream\b/i.test(headers.accept ?? '');
}

/**
 * Reads a body to its end, or for a while: a connection that is closed with something unread is reset, and the
 * answer may be lost with it.
 */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const end = (): void => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString());
    };
    const timer = setTimeout(end, READ_WITHIN).unref();
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_BODY_BYTES) parts.length = 0;
      else parts.push(part);
    });
    request.once('end', end).once('close', end);
  });
}

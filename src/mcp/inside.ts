import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { markInside } from '../history/inside.ts';
import type { Exchange } from './exchange.ts';
import { isAnswer, isRequest, parseMessages, type Message } from './messages/json-rpc.ts';
import { SESSION } from './hook/recognise.ts';
import { EventSplitter } from './streams/events.ts';
import { isEventStream } from './streams/kinds.ts';

/**
 * Not imported: for an `import` Node 22 and later read all exports of this module, WebSocket among them, and so
 * load their undici. An app would find its dispatcher in the place of that of the package undici.
 */
const { ClientRequest } = process.getBuiltinModule('node:http');

/** How long an app may take for an answer, in milliseconds. */
const LONGEST_ANSWER = 10_000;
/** The largest answer, in bytes where it is an event and in characters otherwise. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** What the app has answered inside of the process. */
export interface InsideAnswer {
  status: number;
  /** Of the session, when its head names one. */
  sessionId: string | undefined;
  /** The answer to the request that was sent, when there is one. */
  answer: Message | undefined;
}

/** A session as the app of this process knows it. */
export interface AppSession {
  id: string;
  /** Of the protocol. */
  version?: string | undefined;
}

/** What belongs to the request of the client alone; all else of it may be a credential, or lead to the app. */
const LEFT_OUT = new Set([
  SESSION,
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'last-event-id',
  'connection',
  'keep-alive',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'transfer-encoding',
  'range',
]);
const KINDS_LEFT_OUT = /^(accept|content-|if-)/;

/**
 * Sends a message to the app by a connection inside of this process, with the credentials of an exchange
 * that has come from outside, to the URL of its request: all of the app's checks are made anew.
 *
 * @param session none for `initialize`
 * @param within how long the app may take, in milliseconds; @default 10 seconds
 * @returns once the answer has come, or the head where none is waited for
 * @throws Error when the app does not answer in time
 */
export function sendInside(
  exchange: Exchange,
  message: Message,
  session?: AppSession,
  within = LONGEST_ANSWER,
): Promise<InsideAnswer> {
  const body = JSON.stringify(message);
  const [near, far] = duplexPair();
  const close = (): void => {
    near.destroy();
    far.destroy(); // in Node 20 one does not end with the other
  };
  return new Promise<InsideAnswer>((resolve, reject) => {
    const fail = (sentence: string): void => reject(new Error(sentence));
    const timer = setTimeout(fail, within, 'The app does not answer.');
    far.once('close', () => {
      clearTimeout(timer);
      fail('The app has closed the connection.');
    });
    connect(exchange.server, far, exchange.request.socket);
    // Not `request` of node:http, which apps and their tools put others in place of.
    const request = new ClientRequest({
      createConnection: () => near as Socket,
      method: 'POST',
      path: exchange.url,
      headers: toHeaders(exchange.request, body, session),
    });
    request.on('error', reject);
    request.once('response', (response: IncomingMessage) => {
      readAnswer(response, message, resolve, reject);
    });
    request.end(body);
  }).finally(close);
}

/** The headers of a request, flat: those of the client that are not about its own body and connection. */
function toHeaders(
  { rawHeaders }: IncomingMessage,
  body: string,
  session: AppSession | undefined,
): string[] {
  const kept: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    const isLeftOut = LEFT_OUT.has(name.toLowerCase()) || KINDS_LEFT_OUT.test(name.toLowerCase());
    if (!isLeftOut) kept.push(name, value);
  }
  kept.push('content-type', 'application/json', 'accept', 'application/json, text/event-stream');
  kept.push('content-length', String(Buffer.byteLength(body)), 'connection', 'close');
  if (session) kept.push(SESSION, session.id);
  if (session?.version !== undefined) kept.push('mcp-protocol-version', session.version);
  return kept;
}

/** What apps ask a connection, and what the one of the client says. */
const FACTS = [
  'remoteAddress',
  'remoteFamily',
  'remotePort',
  'localAddress',
  'localFamily',
  'localPort',
  'encrypted',
  'authorized',
  'authorizationError',
  'alpnProtocol',
  'servername',
] as const;
const CALLS = [
  'address',
  'getPeerCertificate',
  'getPeerX509Certificate',
  'getCipher',
  'getProtocol',
];
/** What is done to a connection, and means nothing within a process. */
const SETTINGS = ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'];

/**
 * Gives a server a connection, as the documentation of 'connection' and 'secureConnection' says. It is marked:
 * what comes by it is carried by no exchange, and is neither remembered nor counted as a visitor's. A drain
 * leaves it alone, as it is no socket that could be passed on; the request for which it is made is waited for.
 * What waits for the first request of an app has heard of that one before.
 */
function connect(server: Server, far: Duplex, client: Socket): void {
  const members: Record<string, unknown> = {};
  const given = client as unknown as Record<string, unknown>;
  for (const name of FACTS) members[name] = given[name];
  for (const name of CALLS) {
    const call = given[name];
    if (typeof call === 'function') members[name] = call.bind(client);
  }
  for (const name of SETTINGS) members[name] = () => far;
  members.destroySoon = () => far.end(() => far.destroy());
  Object.assign(far, members);
  markInside(far);
  server.emit('encrypted' in client && client.encrypted ? 'secureConnection' : 'connection', far);
}

function readAnswer(
  response: IncomingMessage,
  message: Message,
  resolve: (answer: InsideAnswer) => void,
  reject: (error: Error) => void,
): void {
  const { statusCode: status = 0, headers } = response;
  const sessionId = headers[SESSION] as string | undefined;
  const end = (answer: Message | undefined): void => resolve({ status, sessionId, answer });
  if (!isRequest(message) || status !== 200) return end(undefined);
  const find = (text: string): Message | undefined =>
    parseMessages(text)?.find((found) => isAnswer(found) && found.id === message.id);
  const tooLarge = (): void => reject(new Error('The answer of the app is too large.'));
  if (isEventStream(headers['content-type'])) {
    const splitter = new EventSplitter(LARGEST_ANSWER);
    response.on('data', (bytes: Buffer) => {
      for (const { event, bytes: piece } of splitter.push(bytes)) {
        if (piece.length > LARGEST_ANSWER) return tooLarge();
        const answer = event && find(event.data);
        if (answer) return end(answer);
      }
    });
    response.once('end', () => end(undefined));
  } else {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > LARGEST_ANSWER) tooLarge();
    });
    response.once('end', () => end(find(text)));
  }
  response.once('error', reject);
}

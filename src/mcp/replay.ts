import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { createDebug } from 'obug';
import { markInside } from '../history/inside.ts';
import { shortenId } from '../session/display/short-id.ts';
import { EventSplitter, isEventStream } from './events.ts';
import type { Exchange, Replayed } from './exchange.ts';
import { SESSION } from './hook/recognise.ts';
import { toSettings, type InitializeResult } from './messages/handshake.ts';
import { isAnswer, isRequest, parseMessage, type Message } from './messages/json-rpc.ts';
import { noteReplay, sayOtherVersion } from './notes.ts';
import type { McpSession } from './sessions.ts';

const debug = createDebug('holdover:mcp');

/**
 * Not imported: for an `import` Node 22 and later read all exports of this module, WebSocket among them, and so
 * load their undici. An app would find its dispatcher in the place of that of the package undici.
 */
const { ClientRequest } = process.getBuiltinModule('node:http');

/** How long an app may take to answer what it is sent here. */
const ANSWER_WITHIN_MS = 10_000;

/** Headers of the client's request that concern that request alone. All others may be credentials. */
const LEFT_OUT =
  /^(mcp-(session-id|protocol-version|method|name)|last-event-id|connection|keep-alive|expect|upgrade|te|trailer|transfer-encoding|range|accept.*|content-.*|if-.*)$/i;

/** What an app asks a connection. */
const FACTS = [
  'remoteAddress',
  'remoteFamily',
  'remotePort',
  'localAddress',
  'localFamily',
  'localPort',
  'encrypted',
  'authorized',
] as const;
const CALLS = [
  'address',
  'getPeerCertificate',
  'getPeerX509Certificate',
  'getCipher',
  'getProtocol',
];

/** A session as the app of this process knows it. */
type AppSession = Pick<Replayed, 'id' | 'version'>;

interface InsideAnswer {
  status: number;
  /** Of the session, where the head names one. */
  sessionId: string | undefined;
  /** To the request that was sent, if it was one. */
  answer: Message | undefined;
}

/**
 * Begins a session anew that another process has begun: says to the app what the client has said then, with the
 * headers of a request that the client makes now. So the app lets in whom it lets in now, and a client reaches no
 * more than its own `initialize` would give it.
 *
 * @param exchange the request that waits for it
 * @param within how long it may take, in milliseconds
 * @returns undefined when the app begins no session; the next request, with another token, may do better
 */
export async function replay(
  exchange: Exchange,
  { handshake }: McpSession,
  within: number,
): Promise<Replayed | undefined> {
  const { sessionId: ofClient = '' } = exchange;
  const refused = (why: string): undefined => {
    debug('the session %s is not made anew: %s', shortenId(ofClient), why);
    noteReplay(ofClient, why);
  };
  const until = performance.now() + within;
  const say = (message: Message, session?: AppSession): Promise<InsideAnswer> =>
    sendInside(exchange, message, session, until - performance.now());
  try {
    const first = await say({ ...handshake.initialize, id: 'holdover-0' });
    const { status, sessionId: id, answer } = first;
    if (status !== 200) return refused(`the app answers ${status} to initialize`);
    if (answer?.result === undefined) return refused('the app refuses initialize');
    if (id === undefined) return refused('the app gives no session id');
    const { protocolVersion } = answer.result as InitializeResult;
    const version = String(protocolVersion);
    const { 'mcp-protocol-version': agreed } = exchange.request.headers;
    if (agreed !== undefined && version !== agreed) {
      sayOtherVersion(String(agreed), version);
      return refused(`the app speaks ${version} of the protocol, and its client ${String(agreed)}`);
    }
    const session = { id, version };
    await say({ jsonrpc: '2.0', method: 'notifications/initialized' }, session);
    for (const [i, setting] of toSettings(handshake).entries()) {
      await say({ ...setting, id: `holdover-${i + 1}` }, session);
    }
    noteReplay(ofClient);
    const prefix = `holdover-${randomBytes(4).toString('hex')}-`;
    const { result } = answer;
    return { ...session, result, prefix, eventIds: new Set(), isToldOfChanges: false };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Sends a message to the app over a connection inside of this process, with the credentials of a request that
 * has come from outside, and to its URL: the app makes all of its checks anew.
 *
 * @param session none for `initialize`
 * @param within how long the app may take, in milliseconds
 * @throws Error when the app does not answer in time
 */
export function sendInside(
  { server, url, request }: Exchange,
  message: Message,
  session?: AppSession,
  within = ANSWER_WITHIN_MS,
): Promise<InsideAnswer> {
  const body = JSON.stringify(message);
  const [near, far] = duplexPair();
  return new Promise<InsideAnswer>((resolve, reject) => {
    const fail = (sentence: string): void => reject(new Error(sentence));
    const timer = setTimeout(fail, within, 'The app does not answer.');
    far.once('close', () => {
      clearTimeout(timer);
      fail('The app has closed the connection.');
    });
    connect(far, request.socket);
    // As the documentation of 'connection' and 'secureConnection' says.
    server.emit('encrypted' in far && far.encrypted ? 'secureConnection' : 'connection', far);
    // Not `request` of node:http, which apps and their tools replace.
    const sent = new ClientRequest({
      createConnection: () => near as Socket,
      method: 'POST',
      path: url,
      headers: toHeaders(request, body, session),
    });
    sent.on('error', reject);
    sent.once('response', (response: IncomingMessage) => {
      response.once('error', reject);
      readAnswer(response, message, resolve);
    });
    sent.end(body);
  }).finally(() => {
    near.destroy();
    far.destroy(); // in Node 20 one does not end with the other
  });
}

/** Returns flat headers: those of the client that do not concern its own body and connection, and ours. */
function toHeaders(
  { rawHeaders }: IncomingMessage,
  body: string,
  session: AppSession | undefined,
): string[] {
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (!LEFT_OUT.test(name)) headers.push(name, value);
  }
  headers.push('content-type', 'application/json', 'content-length', `${Buffer.byteLength(body)}`);
  headers.push('accept', 'application/json, text/event-stream', 'connection', 'close');
  if (session) headers.push(SESSION, session.id, 'mcp-protocol-version', session.version);
  return headers;
}

/**
 * Makes one end of a pair look like the connection of a client. It is marked, so that what comes by it is neither
 * carried by an exchange nor counted as a visitor's. A drain leaves it alone, as it is no socket.
 */
function connect(far: Duplex, client: Socket): void {
  const members: Record<string, unknown> = {};
  const given = client as unknown as Record<string, unknown>;
  for (const name of FACTS) members[name] = given[name];
  for (const name of CALLS) {
    const call = given[name];
    if (typeof call === 'function') members[name] = call.bind(client);
  }
  for (const name of ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref']) {
    members[name] = () => far;
  }
  members.destroySoon = () => far.end(() => far.destroy());
  Object.assign(far, members);
  markInside(far);
}

/** Resolves when the answer has come, or with the head where no answer is awaited. */
function readAnswer(
  response: IncomingMessage,
  message: Message,
  resolve: (answer: InsideAnswer) => void,
): void {
  const { statusCode: status = 0, headers } = response;
  const sessionId = headers[SESSION] as string | undefined;
  const end = (answer?: Message): void => resolve({ status, sessionId, answer });
  if (!isRequest(message) || status !== 200) return end();
  const find = (text: string | Buffer): Message | undefined => {
    const found = parseMessage(text);
    return found && isAnswer(found) && found.id === message.id ? found : undefined;
  };
  const splitter = new EventSplitter();
  const chunks: Buffer[] = [];
  response.on('data', (bytes: Buffer) => {
    if (!isEventStream(headers['content-type'])) return void chunks.push(bytes);
    for (const { data } of splitter.push(bytes)) {
      const answer = find(data);
      if (answer) end(answer); // the stream may stay open
    }
  });
  response.once('end', () => end(find(Buffer.concat(chunks))));
}

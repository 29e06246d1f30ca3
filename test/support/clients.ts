import { Agent, request, type RequestOptions } from 'node:http';
import { connect as connectHttp2, type SecureClientSessionOptions } from 'node:http2';
import { request as requestSecurely } from 'node:https';
import { connect, type NetConnectOpts } from 'node:net';

/** An answer over HTTP. */
export interface Received {
  status: number | undefined;
  text: string;
  /** Of the client: the same for requests over one connection. */
  localPort: number | undefined;
}

/** How long a client waits for an answer, in milliseconds. */
const PATIENCE = 60_000;

/** Sends a request over a connection of its own; rejects when it is refused, reset or cut. */
export function get(options: RequestOptions & { isSecure?: boolean }): Promise<Received> {
  return send({ agent: false, ...options });
}

/** As `get`, with a body that is sent in pieces; also over connections that an agent keeps. */
export function send(
  options: RequestOptions & { isSecure?: boolean },
  pieces: AsyncIterable<string> | string[] = [],
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const start = options.isSecure ? requestSecurely : request;
    const sent = start({ rejectUnauthorized: false, ...options } as RequestOptions, (response) => {
      const { localPort } = response.socket;
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text, localPort }));
    });
    sent.on('error', reject);
    sent.setTimeout(PATIENCE, () => sent.destroy(new Error('No answer has come.')));
    void write(sent, pieces).catch(reject);
  });
}

async function write(
  stream: NodeJS.WritableStream,
  pieces: AsyncIterable<string> | string[],
): Promise<void> {
  for await (const piece of pieces) stream.write(piece);
  stream.end();
}

/** One request over an HTTP/2 connection of its own. */
export function getHttp2(url: string, options: SecureClientSessionOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url, { rejectUnauthorized: false, ...options });
    const fail = (error: Error): void => {
      session.destroy();
      reject(error);
    };
    session.on('error', fail);
    const stream = session.request({ ':path': '/' });
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    stream.on('error', fail);
    stream.setTimeout(PATIENCE, () => fail(new Error('No answer has come.')));
    stream.on('aborted', () => fail(new Error('The stream was aborted.')));
    stream.on('end', () => {
      if (text === '') return fail(new Error('It was closed, unanswered.'));
      session.close();
      resolve(text);
    });
  });
}

/** What a bare server sends to a word, over a connection of its own. */
export function echo(options: NetConnectOpts, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', reject);
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error('No answer has come.')));
    socket.on('end', () =>
      text ? resolve(text) : reject(new Error('It was closed, unanswered.')),
    );
    socket.write(word);
  });
}

/** Connections that are kept, one for each request that is under way. */
export function createKeepAliveAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 1000 });
}

/** The code of the error of a connection to a port: `ECONNREFUSED` where nobody listens. */
export function connectionError(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(undefined);
    }).on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
}

import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isForwarded, isLocal, readHosts } from '../loopback/viewer.ts';

/** What a browser wants to do with what it asks for, as it names that in `Sec-Fetch-Dest`. */
export type Destination = 'document' | 'script' | 'style' | 'empty';

/**
 * Why a request is not answered at all, for who looks for a fault; `undefined` for one that comes from a
 * person at this machine, in a browser's own window or the page itself. What cannot be told is refused.
 */
export function findStranger(request: IncomingMessage): string | undefined {
  if (!isLocal(request.socket)) return 'the peer is not on this machine';
  if (!isForThisServer(request)) return 'it is for another host';
  if (isForwarded(request)) return 'it comes by way of a proxy';
  if (!isOfThisOrigin(request)) return 'a page elsewhere has sent it';
  if (request.headers.upgrade !== undefined) return 'it asks for another protocol';
  return undefined;
}

/** Whether the browser uses the answer as what it is; one that does not say so is older than that header. */
export function isMeantAs({ headers }: IncomingMessage, destination: Destination): boolean {
  const said = headers['sec-fetch-dest'];
  return said === undefined || said === destination;
}

/** The port that the socket really has. */
export function portOf({ socket }: IncomingMessage): number {
  return socket.localPort ?? 0;
}

/** That of this server, as the request names it: `http://localhost:5173`. */
export function originOf(request: IncomingMessage): string {
  return `${schemeOf(request)}://${readHosts(request)[0]?.toLowerCase()}`;
}

/** Whether it is addressed to this port, by a name of this machine that no name server gives. */
function isForThisServer(request: IncomingMessage): boolean {
  const [host = '', ...others] = readHosts(request);
  const isSpoken = request.httpVersion === '1.1' || request.httpVersion === '2.0';
  const isOrigin = pathOf(request).startsWith('/'); // `GET http://evil.example/` is for another host
  return (
    isSpoken && isOrigin && others.length === 0 && hostsOf(request).includes(host.toLowerCase())
  );
}

function hostsOf(request: IncomingMessage): string[] {
  const port = portOf(request);
  const names = ['localhost', '127.0.0.1', '[::1]'];
  const isUsual = port === (schemeOf(request) === 'https' ? 443 : 80); // browsers leave it out
  return names.map((name) => (isUsual ? name : `${name}:${port}`));
}

/** By what browsers say of the page that sends it. A link from elsewhere opens nothing, either. */
function isOfThisOrigin(request: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = request.headers;
  if (site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || origin === originOf(request);
}

/** The URL as it was sent, also where a server strips the path to its middleware. */
export function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return request.originalUrl ?? request.url ?? '';
}

function schemeOf({ socket }: IncomingMessage): 'http' | 'https' {
  return (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
}

import type { IncomingMessage } from 'node:http';
import { isIPv4, type Socket } from 'node:net';

/**
 * Whether a request comes from a person at this machine: from a loopback address, to a loopback name (a page elsewhere
 * may point its own name here), not through a proxy or tunnel, and not from the script of a page elsewhere.
 */
export function maySeeSource(request: IncomingMessage): boolean {
  const isHere = isLocal(request.socket) && isForLoopback(request);
  return isHere && !isForwarded(request) && !isFromElsewhere(request);
}

/** Whether the other end of a socket is on this machine. */
export function isLocal({ remoteAddress, localAddress }: Socket): boolean {
  if (remoteAddress === undefined) return localAddress === undefined; // a unix socket
  const address = remoteAddress.toLowerCase().replace(/^::ffff:/, '');
  return address === '::1' || isLoopbackIPv4(address);
}

/** Returns each host that a request names. A browser names one. */
export function readHosts({ rawHeaders }: IncomingMessage): string[] {
  const isHost = (name = ''): boolean => /^(host|:authority)$/i.test(name); // HTTP/2 has the latter
  return rawHeaders.filter((_, i) => i % 2 === 1 && isHost(rawHeaders[i - 1]));
}

/** nginx speaks HTTP/1.0 to what is behind it, with the name of that. */
function isForLoopback(request: IncomingMessage): boolean {
  const [host = '', ...others] = readHosts(request);
  const isOrigin = request.url?.startsWith('/') ?? false; // `GET http://evil.example/` is for another host
  return request.httpVersion === '1.1' && isOrigin && others.length === 0 && isLoopbackHost(host);
}

/** `localhost:3000`, `api.localhost`, `127.0.0.1`, `[::1]:80` */
function isLoopbackHost(host: string): boolean {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
  return name === '[::1]' || isLoopbackIPv4(name) || /^(?:[a-z0-9_-]+\.)*localhost\.?$/.test(name);
}

function isLoopbackIPv4(address: string): boolean {
  return isIPv4(address) && address.startsWith('127.');
}

/** The headers that proxies and tunnels add: they connect from this machine for a client elsewhere. */
const FORWARDING =
  /^(?:forwarded|via|x-forwarded(?:-.+)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-(?:for|host|forwarded-for)|true-client-ip|cf-.+|cdn-loop|fastly-client-ip|fly-client-ip|tailscale-.+|ngrok-.+)$/;

/** Whether a proxy or tunnel says that it has passed a request on. */
export function isForwarded({ headers }: IncomingMessage): boolean {
  return Object.keys(headers).some((name) => FORWARDING.test(name));
}

/** Following a link from elsewhere is fine: that page cannot read the answer. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  if (headers['sec-fetch-mode'] === 'navigate') return false;
  if (headers['sec-fetch-site'] === 'cross-site') return true;
  const pages = [headers.origin, headers.referer].filter((page) => page !== undefined);
  return !pages.every((page) => URL.canParse(page) && isLoopbackHost(new URL(page).host));
}

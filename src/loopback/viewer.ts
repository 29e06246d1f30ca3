import type { IncomingMessage } from 'node:http';
import { isIPv4, type Socket } from 'node:net';

/**
 * Whether a request comes from a person at this machine, who may see source: from a loopback address,
 * to a loopback name (a page elsewhere may point its own name here), not by way of a proxy or tunnel,
 * and not from the script of a page elsewhere. What cannot be told is answered with no.
 */
export function maySeeSource(request: IncomingMessage): boolean {
  return (
    isLocal(request.socket) &&
    isForLoopback(request) &&
    !isForwarded(request) &&
    !isFromElsewhere(request)
  );
}

/** Whether the other end of a socket is on this machine; that of a unix socket always is. */
export function isLocal({ remoteAddress, localAddress }: Socket): boolean {
  if (remoteAddress === undefined) return localAddress === undefined; // a unix socket
  const address = remoteAddress.toLowerCase().replace(/^::ffff:/, '');
  return address === '::1' || isLoopbackIPv4(address);
}

/** Each host that a request names; one by which a browser has sent it names one. */
export function readHosts({ rawHeaders }: IncomingMessage): string[] {
  const isHost = (name = ''): boolean => /^(host|:authority)$/i.test(name); // HTTP/2 has the latter
  return rawHeaders.filter((_, i) => i % 2 === 1 && isHost(rawHeaders[i - 1]));
}

/** nginx speaks HTTP/1.0 to what is behind it, with the name of that. */
function isForLoopback(request: IncomingMessage): boolean {
  const { httpVersion, url } = request;
  const hosts = readHosts(request);
  const isOrigin = url?.startsWith('/') ?? false; // `GET http://evil.example/` is for another host
  return httpVersion === '1.1' && isOrigin && hosts.length === 1 && isLoopbackHost(hosts[0] ?? '');
}

/** `localhost:3000`, `api.localhost`, `127.0.0.1`, `[::1]:80` */
function isLoopbackHost(host: string): boolean {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
  return name === '[::1]' || isLoopbackIPv4(name) || /^(?:[a-z0-9_-]+\.)*localhost\.?$/.test(name);
}

function isLoopbackIPv4(address: string): boolean {
  return isIPv4(address) && address.startsWith('127.');
}

/** What proxies and tunnels add: they connect from this machine for somebody elsewhere. */
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
  return [headers.origin, headers.referer].some((page) => page !== undefined && !isLocalPage(page));
}

function isLocalPage(page: string): boolean {
  try {
    return isLoopbackHost(new URL(page).host);
  } catch {
    return false; // `null`: a page of no origin
  }
}

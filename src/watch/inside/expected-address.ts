import { Server, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ListenRequest } from './place.ts';

// As they are before servers of the app ask the supervisor.
const { listen, address, close } = Server.prototype;

/**
 * Where a server is going to listen, for an app that asks before the supervisor has said so. Node can
 * tell at once, unless a host has to be looked up.
 *
 * @param held where the supervisor listens already, from the last run on
 */
export function toExpectedAddress(
  { place, path }: ListenRequest,
  held: AddressInfo | undefined,
): AddressInfo | string | null {
  if (path !== undefined) return path;
  if (place.host !== undefined) return null;
  if (held) return held;
  return place.port ? toAnyAddress(place.port) : findPort();
}

function toAnyAddress(port: number): AddressInfo {
  const interfaces = Object.values(networkInterfaces()).flat();
  const hasIpv6 = interfaces.some((one) => one?.family === 'IPv6');
  return hasIpv6
    ? { address: '::', family: 'IPv6', port }
    : { address: '0.0.0.0', family: 'IPv4', port };
}

/** Which port is free is known to those that listen, and stays so for a moment when they have closed. */
function findPort(): AddressInfo | null {
  const server = new Server().on('error', () => {}); // then the supervisor says which
  listen.call(server, 0);
  const found = address.call(server);
  close.call(server);
  return typeof found === 'object' ? found : null;
}

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server, Socket } from 'node:net';
import { toUrl } from '../../../asking/status.ts';
import { isInside } from '../../../history/inside.ts';
import { send } from '../../process/in-app/channel.ts';
import { whenHeard } from '../../timing.ts';
import { PROBE } from './free-port-check.ts';

/** What Node publishes of each `server.listen()`, in the turn in which it listens. */
const LISTENS = 'tracing:net.server.listen:asyncEnd';
const FAILS = 'tracing:net.server.listen:error';
const REQUEST_START = 'http.server.request.start';

/** How long it may take to accept what has waited, and to read its requests, in milliseconds. */
const WITHIN = 25;

let heldRequests = 0;
let isCounting = false;

/**
 * Tells the supervisor of the first server that listens and goes on listening, and of those before it that
 * cannot. It hears of them by the channels of Node that are there for it: the app has no listener more, and
 * no method is another.
 *
 * @param onListening comes when the first one listens
 */
export function tellListening(onListening: () => void): void {
  let isHeard = false;
  const hear = (server: Server, at: number): void => {
    if (isHeard || !server.listening) return;
    isHeard = true;
    unsubscribe(LISTENS, hearListening);
    unsubscribe(FAILS, tellAddressInUse);
    void send({ holdover: 'listening', at, heldRequests, url: toUrl(server) });
    onListening();
  };
  const hearListening = (message: unknown): void => {
    const { server } = message as { server: Server };
    const at = Date.now();
    whenHeard(PROBE, () => hear(server, at));
  };
  subscribe(LISTENS, hearListening);
  subscribe(FAILS, tellAddressInUse);
}

/** Hears of each server that listens. */
export function hearServers(hear: (server: Server) => void): void {
  subscribe(LISTENS, (message) => hear((message as { server: Server }).server));
}

/** Counts the requests that have waited for the server that listens now: those that come right away. */
export function countHeldRequests(): void {
  if (isCounting) return;
  isCounting = true;
  const hear = (message: unknown): void => {
    if (!isInside((message as { socket: Socket }).socket)) heldRequests++;
  };
  subscribe(REQUEST_START, hear);
  whenHeard(WITHIN, () => {
    unsubscribe(REQUEST_START, hear);
    isCounting = false;
  });
}

function tellAddressInUse(message: unknown): void {
  const { error } = message as { error: NodeJS.ErrnoException & Record<string, unknown> };
  const { code, port, address } = error;
  if (code !== 'EADDRINUSE') return;
  void send({
    holdover: 'address-in-use',
    address: port === undefined || port === -1 ? String(address) : `Port ${String(port)}`,
  });
}

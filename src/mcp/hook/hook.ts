import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createDebug } from 'obug';
import { isInside } from '../../history/inside.ts';
import { andThen, type Eventually } from '../../session/eventually.ts';
import type { Sessions } from '../../session/sessions.ts';
import { Body } from './body.ts';
import { mayBeMcp } from './recognise.ts';

const debug = createDebug('holdover:mcp');

/** Node publishes here right before it emits the request. Stable since Node 18. */
const REQUEST = 'http.server.request.start';

/** A request that may be one of MCP, before the app sees it. */
export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
  server: Server;
  /** 'request', 'checkContinue' or 'checkExpectation'. */
  event: unknown;
  /** Of a POST. */
  body: Body | undefined;
}

/** Carries requests of MCP to the app, and their responses to the client. */
export interface Carrier {
  /** Returns whether the app is to see the request, which is held until that is known. */
  begin: (arrival: Arrival) => Eventually<boolean>;
  /** The app's code was evaluated anew: it knows none of its sessions. */
  forget: () => void;
}

interface Hook {
  /** Opens the records of sessions. */
  open: () => Sessions;
  carrier: Carrier | undefined;
}

type Emit = (...args: unknown[]) => boolean;

/** One hook for all copies of this module. */
const REGISTRY = Symbol.for('holdover.mcp.1');

const registry = globalThis as { [REGISTRY]?: Hook };

/** Servers that have got a request of MCP. */
const intercepted = new WeakSet<Server>();

/** Requests of MCP that their server is about to emit. */
const expected = new WeakMap<object, Omit<Arrival, 'event'>>();

/**
 * Holds sessions of MCP over HTTP over from now on, for each server of this process. Of an app without MCP only
 * the headers of each request are looked at. HTTP/2 is not covered: Node publishes nothing of its requests.
 *
 * @param open is called at the first request of MCP, and may throw. The last one given counts.
 */
export function holdMcpSessions(open: () => Sessions): void {
  const known = registry[REGISTRY];
  if (known) {
    known.open = open;
    return;
  }
  const hook: Hook = (registry[REGISTRY] = { open, carrier: undefined });
  let loading: Promise<Carrier> | undefined;
  const load = async (): Promise<Carrier> => {
    const { createCarrier } = await import('../carrier.ts');
    return (hook.carrier = createCarrier(hook));
  };
  const take = (arrival: Arrival, emit: () => boolean): boolean => {
    const begin = (carrier: Carrier): Eventually<boolean> => carrier.begin(arrival);
    return show(arrival, () => andThen(hook.carrier ?? (loading ??= load()), begin), emit);
  };
  subscribe(REQUEST, (message) => {
    const { request, response, socket, server } = message as Arrival;
    if (!mayBeMcp(request) || isInside(socket)) return;
    const body = request.method === 'POST' ? new Body(request) : undefined;
    expected.set(request, { request, response, socket, server, body });
    if (!intercepted.has(server)) intercept(server, take);
  });
}

/** The app's code was evaluated anew in this process: it knows none of its sessions. */
export function forgetMcpSessions(): void {
  registry[REGISTRY]?.carrier?.forget();
}

/** Gives a server an `emit` of its own, which takes the requests that are expected. */
function intercept(server: Server, take: (arrival: Arrival, emit: () => boolean) => boolean): void {
  intercepted.add(server);
  const inherited = server.emit as Emit;
  const emit: Emit = (...args) => {
    const [event, request] = args;
    const arrival = expected.get(request as object);
    const emitBefore = (): boolean => Reflect.apply(inherited, server, args);
    if (!arrival) return emitBefore();
    expected.delete(request as object);
    return take({ ...arrival, event }, emitBefore);
  };
  Object.defineProperty(server, 'emit', { value: emit, configurable: true, writable: true });
}

/**
 * Lets the app see a request, now or when it is known whether it is to: then in the asynchronous context in which
 * the request has come, as promises go on there. When something fails here, the app sees it.
 */
function show(arrival: Arrival, begin: () => Eventually<boolean>, emit: () => boolean): boolean {
  const { body, response, socket } = arrival;
  let isShown: Eventually<boolean> = true;
  try {
    isShown = begin();
  } catch (error) {
    debug('a request goes on as it is: %o', error);
  }
  if (!(isShown instanceof Promise)) return isShown ? emit() : true;
  if (body) body.isHeld = true;
  const end = (isToShow: boolean): void => {
    if (body) body.isHeld = false;
    const isOver = !socket.writable || response.writableEnded; // the client has left, or was answered
    // In a turn of its own, so that no promise catches what the app throws.
    if (isToShow && !isOver) process.nextTick(emit);
  };
  isShown.then(end, (error: unknown) => {
    debug('a request goes on as it is: %o', error);
    end(true);
  });
  return true;
}

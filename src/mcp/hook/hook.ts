import { subscribe } from 'node:diagnostics_channel';
import { createDebug } from 'obug';
import { isInside } from '../../history/inside.ts';
import { andThen, type Eventually } from '../../session/eventually.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { Arrival, Carrier } from './arrival.ts';
import { noteBody } from './body.ts';
import { takeNextEmit } from './next-emit.ts';
import { mayBeMcp } from './recognise.ts';

const debug = createDebug('holdover:mcp');

/** Node publishes here right before it tells the app of a request. Stable since Node 18. */
const REQUEST = 'http.server.request.start';

interface Hook {
  /** Opens the records of sessions. */
  open: () => Sessions;
  carrier: Carrier | undefined;
}

/** One for all copies of this module: a request is held by one of them. */
const REGISTRY = Symbol.for('holdover.mcp.1');

const registry = globalThis as { [REGISTRY]?: Hook };

/**
 * Holds sessions of MCP over HTTP over from now on, for each server of this process. An app that speaks no
 * MCP sees nothing of it: each request is asked for its headers, and that is all.
 *
 * Workers of `cluster` have one each, and go on with each other's sessions: a request that reaches another
 * worker than the one before is one of a session that its app does not know. A worker thread has none of it
 * unless it loads holdover itself. HTTP/2 is not covered, as Node publishes nothing of its requests.
 *
 * @param open is called at the first request of MCP, and may throw; what was said last counts
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
  subscribe(REQUEST, (message) => {
    const { request, response, socket, server } = message as Omit<Arrival, 'event' | 'body'>;
    if (!mayBeMcp(request) || isInside(socket)) return;
    try {
      const body = request.method === 'POST' ? noteBody(request) : undefined;
      takeNextEmit(server, request, (event, emit) => {
        const arrival = { request, response, socket, server, event, body };
        const begin = (carrier: Carrier): Eventually<boolean> => carrier.begin(arrival);
        const carrier = hook.carrier ?? (loading ??= load());
        return show(arrival, () => andThen(carrier, begin), emit);
      });
    } catch (error) {
      debug('a request goes on as it is: %o', error);
    }
  });
}

/** The app's code was evaluated anew in this process: it knows no session that it has begun before. */
export function forgetMcpSessions(): void {
  registry[REGISTRY]?.carrier?.forget();
}

/**
 * Lets the app see a request, now or when it is known whether it is to: later, too, in the asynchronous context
 * in which it has come, as promises go on there. What fails lets it through.
 */
function show(arrival: Arrival, begin: () => Eventually<boolean>, emit: () => boolean): boolean {
  const { body } = arrival;
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
    // What the app throws is not caught, as ever: not by a promise either.
    if (isToShow && !isOver(arrival)) process.nextTick(emit);
  };
  isShown.then(end, (error: unknown) => {
    debug('a request goes on as it is: %o', error);
    end(true);
  });
  return true;
}

/** Whether nobody waits for an answer: the client has gone, or was told something as the process ended. */
function isOver({ response, socket }: Arrival): boolean {
  return !socket.writable || response.writableEnded;
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Eventually } from '../../session/eventually.ts';
import type { Body } from './body.ts';

/** A request that may be one of MCP, which the app has not seen yet. */
export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
  server: Server;
  /** By which the app is about to hear of it. */
  event: unknown;
  /** Of a POST. */
  body: Body | undefined;
}

/** What carries requests of MCP to the app, and their responses to the client. */
export interface Carrier {
  /** @returns whether the app is to see it; the request is held until that is known */
  begin: (arrival: Arrival) => Eventually<boolean>;
  /** The app's code was evaluated anew: no session of before is known to it. */
  forget: () => void;
}

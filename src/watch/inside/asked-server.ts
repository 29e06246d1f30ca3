import type { AddressInfo, Server, Socket } from 'node:net';
import type { ChildMessage, ListenError, SocketId } from '../messages.ts';
import { send } from './channel.ts';
import { toKind, type Listening } from './listening.ts';
import type { ListenRequest } from './place.ts';
import { mayBeProbe, PROBE } from './port-probe.ts';

/** Node's timers count no further, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

type Answer = {
  address: AddressInfo | string;
  isStandIn: boolean;
};

let calls = 0;

/** A server of the app for which the supervisor listens, or has been asked to. */
export class AskedServer implements Listening {
  readonly id: SocketId;
  readonly server: Server;
  /** What `server.address()` gives. */
  address: AddressInfo | string | null;
  /** The connections that the supervisor has a copy of, by the number that it gave them. */
  readonly connections = new WeakMap<Socket, number>();
  /** Whether the app has been told that it listens. */
  isTold = false;
  /** Of the message that is not answered yet. */
  call: number | undefined;
  readonly #request: ListenRequest;
  /** Has the stack of the call, should it come to an error. */
  readonly #failure: Error;
  /** Keeps the app alive, as a socket does. */
  readonly #life = setInterval(() => {}, LONGEST_TIMER);
  #isStandIn = false;
  #free: () => void = () => {};
  /** Resolved when the app has closed the server and its address is free. */
  readonly isFree = new Promise<void>((resolve) => (this.#free = resolve));

  /** @param address where it is going to listen, as far as that is known */
  constructor(
    id: SocketId,
    server: Server,
    request: ListenRequest,
    failure: Error,
    address: AddressInfo | string | null,
  ) {
    this.id = id;
    this.server = server;
    this.#request = request;
    this.#failure = failure;
    this.address = address;
  }

  /** Asks the supervisor to listen. */
  ask(isProbe = mayBeProbe(this.server)): void {
    this.call = ++calls;
    const { id, call } = this;
    const kind = toKind(this.server);
    const { place } = this.#request;
    const message: ChildMessage = { holdover: 'listen', id, call, kind, place, isProbe };
    void send(message);
  }

  /** The supervisor listens. @param isOpen whether the app has not closed the server meanwhile */
  answered({ address, isStandIn }: Answer, isOpen: boolean): void {
    this.call = undefined;
    this.address = address || (this.#request.path ?? '');
    this.#isStandIn = isStandIn;
    if (!isOpen) this.#release();
    else if (isStandIn) {
      setTimeout(() => {
        if (this.#isStandIn && this.isTold) this.ask(false);
      }, PROBE);
    }
  }

  /** It cannot be listened there. @returns what the app gets, as Node would have made it */
  refused({ message, ...members }: ListenError): Error {
    this.call = undefined;
    this.#free();
    const { path } = this.#request;
    const { path: resolved } = this.#request.place;
    const isOfPath = path !== undefined && resolved !== undefined;
    const text = isOfPath ? message.replace(resolved, path) : message;
    const [, ...frames] = (this.#failure.stack ?? '').split('\n');
    this.#failure.message = text;
    this.#failure.stack = [`Error: ${text}`, ...frames].join('\n');
    const known = Object.entries(members).filter(([, value]) => value !== undefined);
    Object.assign(this.#failure, Object.fromEntries(known), isOfPath && { address: path });
    return this.#failure;
  }

  /** The app has closed the server. */
  release(): void {
    if (!process.connected) this.#free();
    else if (this.call === undefined) this.#release();
  }

  /** The supervisor has given the socket up, or keeps it for the next run. */
  freed(): void {
    this.#free();
  }

  ref(): void {
    this.#life.ref();
  }

  unref(): void {
    this.#life.unref();
  }

  /** It keeps the app alive no more. */
  end(): void {
    this.#isStandIn = false;
    clearInterval(this.#life);
  }

  stopAccepting(): void {
    this.end();
  }

  pass(socket: Socket): Promise<void> | undefined {
    const connection = this.connections.get(socket);
    if (connection === undefined) return undefined;
    this.connections.delete(socket);
    socket.destroy(); // the copy of the supervisor goes on
    return send({ holdover: 'passed', id: this.id, connection });
  }

  #release(): void {
    // What a probe has asked for is not its own: it is held for the server that comes.
    if (this.#isStandIn) this.#free();
    else void send({ holdover: 'released', id: this.id });
    this.#isStandIn = false;
  }
}

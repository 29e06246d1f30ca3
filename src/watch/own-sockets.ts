import type { Child } from './child.ts';
import type { ChildMessage, ListenError, SocketId } from './messages.ts';
import { OwnSocket } from './own-socket.ts';

type ListenMessage = Extract<ChildMessage, { holdover: 'listen' }>;

/** The sockets that this process listens on itself, as runs of the app have asked for it. */
export class OwnSockets {
  readonly #sockets = new Map<SocketId, OwnSocket>();
  #child: Child | undefined;

  all(): OwnSocket[] {
    return [...this.#sockets.values()];
  }

  /** A new run of the app begins: when it asks for a socket it gets it. */
  hand(child: Child): void {
    this.#child = child;
    for (const socket of this.all()) socket.hand(child);
  }

  /** Hears what a run of the app says of its connections, also when the next one has begun. */
  hear(message: ChildMessage): void {
    if (message.holdover === 'taken') this.#sockets.get(message.id)?.taken(message.connection);
    else if (message.holdover === 'ended') this.#sockets.get(message.id)?.ended(message.connection);
    else if (message.holdover === 'passed')
      this.#sockets.get(message.id)?.passed(message.connection);
  }

  /** Listens for a run of the app, or lets it have what is listened on already, and says how that went. */
  async listen(child: Child, message: ListenMessage): Promise<void> {
    const { call, kind, isProbe } = message;
    const standIn = isProbe ? this.#toStandIn(message) : undefined;
    if (standIn) return answer(child, call, standIn, true);
    const socket = this.#take(message);
    try {
      await socket.open();
    } catch (error) {
      if (this.#sockets.get(socket.id) === socket) this.#sockets.delete(socket.id);
      socket.close();
      child.send({ holdover: 'refused', call, error: toListenError(error as ListenError) });
      return;
    }
    if (child !== this.#child || this.#sockets.get(socket.id) !== socket) return;
    answer(child, call, socket, false);
    socket.claim(child, kind);
  }

  release(id: SocketId): void {
    this.#sockets.get(id)?.close();
    this.#sockets.delete(id);
  }

  close(): void {
    for (const { id } of this.all()) this.release(id);
  }

  /** The port is ours, and free for the app: a server that only asks for that is told so. */
  #toStandIn({ id, place }: ListenMessage): OwnSocket | undefined {
    return this.all().find(
      (socket) => !socket.isClaimed && (socket.id === id || isOnPort(socket, place.port)),
    );
  }

  /** The socket of that name, or a new one, in place of others on its port that nobody has asked for. */
  #take({ id, place }: ListenMessage): OwnSocket {
    const known = this.#sockets.get(id);
    if (known && !known.isClaimed && known.reopen()) return known;
    const inTheWay = this.all().filter(
      (socket) => socket === known || (!socket.isClaimed && isOnPort(socket, place.port)),
    );
    const waiting = inTheWay.flatMap((socket) => socket.release());
    for (const socket of inTheWay) this.release(socket.id);
    const socket = new OwnSocket(id, place, waiting);
    this.#sockets.set(id, socket);
    return socket;
  }
}

function isOnPort(socket: OwnSocket, port = 0): boolean {
  return port > 0 && socket.port === port;
}

function answer(child: Child, call: number, socket: OwnSocket, isStandIn: boolean): void {
  const { address, hasWaiting: hasWaited } = socket;
  child.send({ holdover: 'listens', call, address, hasWaited, isStandIn });
}

function toListenError(error: ListenError): ListenError {
  const { message, code, errno, syscall, address, port, hostname } = error;
  return { message, code, errno, syscall, address, port, hostname };
}

import type { Socket } from 'node:net';

let count = 0;

/**
 * Connections that were accepted for the app, each with a number: those that no run of it has taken, and
 * copies of those that one has.
 */
export class AcceptedConnections {
  readonly #waiting = new Map<number, Socket>();
  readonly #taken = new Map<number, Socket>();

  /** Those that no run of the app has taken yet. */
  get waiting(): ReadonlyMap<number, Socket> {
    return this.#waiting;
  }

  /** @returns its number */
  add(socket: Socket): number {
    const connection = ++count;
    this.#waiting.set(connection, socket);
    return connection;
  }

  /** A run of the app has it. */
  take(connection: number): void {
    move(connection, this.#waiting, this.#taken);
  }

  /** It is idle, and the next run goes on with it. */
  pass(connection: number): void {
    move(connection, this.#taken, this.#waiting);
  }

  /** It has ended: without the copy here its client sees that. */
  end(connection: number): void {
    this.#taken.get(connection)?.destroy();
    this.#taken.delete(connection);
  }

  /** The copies are of no use any more. */
  endTaken(): void {
    for (const connection of this.#taken.keys()) this.end(connection);
  }

  /** Gives those that wait to somebody else. */
  release(): Socket[] {
    const sockets = [...this.#waiting.values()];
    this.#waiting.clear();
    return sockets;
  }
}

function move(connection: number, from: Map<number, Socket>, to: Map<number, Socket>): void {
  const socket = from.get(connection);
  from.delete(connection);
  if (socket) to.set(connection, socket);
}

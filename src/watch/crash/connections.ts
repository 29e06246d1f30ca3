import type { Socket } from 'node:net';

interface Connection {
  /** How many answers are under way. */
  answers: number;
  timer: NodeJS.Timeout;
}

/**
 * The connections of a server that does not listen: Node itself times out and closes only those of one
 * that does. None lives longer than its last deadline.
 */
export class Connections {
  readonly #connections = new Map<Socket, Connection>();
  #onEmpty: (() => void)[] = [];

  /** Takes a connection in, which has so long to ask for something, in milliseconds. */
  add(socket: Socket, within: number): void {
    const timer = setTimeout(() => socket.destroy(), within).unref();
    this.#connections.set(socket, { answers: 0, timer });
    socket.once('close', () => this.#remove(socket));
  }

  /** Sets the deadline of a connection, in milliseconds from now. */
  allow(socket: Socket, within: number): void {
    const connection = this.#connections.get(socket);
    if (!connection) return;
    clearTimeout(connection.timer);
    connection.timer = setTimeout(() => socket.destroy(), within).unref();
  }

  /** Counts an answer that begins, or with -1 one that is over. */
  count(socket: Socket, answers: 1 | -1): void {
    const connection = this.#connections.get(socket);
    if (connection) connection.answers += answers;
  }

  /** Ends those on which no answer is under way. What they still send is read, so that none is reset. */
  endIdle(within: number): void {
    for (const [socket, { answers }] of this.#connections) {
      if (answers > 0) continue;
      this.allow(socket, within);
      socket.end();
    }
  }

  /** Resolves when there are none. */
  async empty(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  /** Ends all at once. */
  destroy(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #remove(socket: Socket): void {
    clearTimeout(this.#connections.get(socket)?.timer);
    this.#connections.delete(socket);
    if (this.#connections.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}

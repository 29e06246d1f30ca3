import type { Socket } from 'node:net';
import type { Child } from '../process/child.ts';
import { acceptOn, toUnreadSocket, type Handle } from '../handle.ts';
import { removePath } from './unix-path.ts';
import type { ChildMessages, SocketId, SocketKind } from '../protocol.ts';

/** Takes over a connection of which nothing has been read; it is paused. */
export type Accept = (socket: Socket) => void;

/** A socket that a run of the app has bound, and of which each later run gets a copy. */
export class HeldSocket {
  readonly id: SocketId;
  /** Whether the run of the app that lives listens on it. */
  isClaimed = true;
  #kind: SocketKind;
  readonly #connectionKey: string;
  /** Of a unix socket. */
  readonly #path: string | undefined;
  /** The copy that keeps it. */
  #handle: Handle;
  /** Connections are accepted on that copy: no other process listened. */
  #isAccepting = false;
  /** Connections that no run of the app has surely taken yet, and whether the one that lives has a copy. */
  readonly #waiting = new Map<Handle, boolean>();
  #child: Child | undefined;
  #answer: Accept | undefined;

  /** @param message by which the run `child` has offered it */
  constructor(
    child: Child,
    { id, kind, connectionKey, path }: ChildMessages['socket'],
    handle: Handle,
  ) {
    this.id = id;
    this.#child = child;
    this.#kind = kind;
    this.#connectionKey = connectionKey;
    this.#path = path;
    this.#handle = handle;
  }

  /** Keeps another copy in place of the one that it has. */
  hold(handle: Handle): void {
    this.#handle.close();
    this.#handle = handle;
    this.#isAccepting = false;
    this.#forgetTaken();
  }

  /** A new run of the app begins, and may listen on it. */
  hand(child: Child): void {
    this.#child = child;
    this.#answer = undefined;
    this.isClaimed = false;
    const { id } = this;
    const [connectionKey, isWanted] = [this.#connectionKey, this.#isAccepting];
    child.send({ holdover: 'socket', id, connectionKey, isWanted }, this.#handle);
    for (const connection of this.#waiting.keys()) this.forward(connection);
  }

  /** The run of the app listens on it. */
  claim(kind: SocketKind): void {
    this.isClaimed = true;
    this.#kind = kind;
    this.#forgetTaken();
  }

  /** Keeps a connection for the run that follows. */
  keep(connection: Handle): void {
    this.#waiting.set(connection, false);
  }

  /** Gives a connection to the run that lives; until that has surely taken it a copy is kept here. */
  forward(connection: Handle): void {
    this.keep(connection);
    this.#child?.send({ holdover: 'connection', id: this.id }, connection, () => {
      if (this.#waiting.has(connection)) this.#waiting.set(connection, true);
      this.#forgetTaken();
    });
  }

  /**
   * No run of the app lives: what waits is answered, and what comes. Where nothing of ours can be said,
   * on a socket that does not speak plain HTTP, connections are closed.
   */
  answer(accept: Accept): void {
    this.#answer = accept;
    this.isClaimed = false;
    for (const connection of this.#waiting.keys()) this.#accept(connection);
    this.#waiting.clear();
    if (!this.#isAccepting) acceptOn(this.#handle, (connection) => this.#accept(connection));
    this.#isAccepting = true;
  }

  /** No run follows the one that lives: the address is free as soon as that one closes it. */
  leave(): void {
    for (const handle of [this.#handle, ...this.#waiting.keys()]) handle.close();
    this.#waiting.clear();
  }

  /** Gives the address up, and what waits. */
  close(): void {
    this.leave();
    if (this.#path !== undefined) removePath(this.#path);
  }

  /** The run of the app has taken what has waited: the copies here are of no use. */
  #forgetTaken(): void {
    if (!this.isClaimed || this.#isAccepting) return;
    for (const [connection, isSent] of this.#waiting) {
      if (!isSent) continue;
      this.#waiting.delete(connection);
      connection.close();
    }
  }

  #accept(connection: Handle): void {
    if (!this.#answer) this.forward(connection); // the next run has begun: it is for that one
    else if (this.#kind === 'http') this.#answer(toUnreadSocket(connection));
    else connection.close();
  }
}

import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Child } from '../process/child.ts';
import { acceptOn, toUnreadSocket, type Handle, type WithHandle } from './handle.ts';
import { removePath } from './unix-path.ts';
import type { ChildMessage, SocketId, SocketKind } from '../protocol.ts';

/** Takes over a connection of which nothing has been read; it is paused. */
export type Accept = (socket: Socket) => void;

/** One to hold, one to answer on after a crash. */
const COPIES = 2;

/** A socket that a run of the app has bound, and of which each later run gets a copy. */
export class SharedSocket {
  readonly id: SocketId;
  isClaimed = true;
  #kind: SocketKind;
  readonly #connectionKey: string;
  /** Of a unix socket, absolute. */
  readonly #path: string | undefined;
  /** The first one is held; another may be listened on in this process. */
  readonly #handles: Handle[] = [];
  /** Connections that no run of the app has taken yet. */
  readonly #waiting: Handle[] = [];
  #child: Child | undefined;
  /** Is listened on in this process, while no run of the app listens. */
  #listening: Handle | undefined;
  #answer: Accept | undefined;

  /** @param message by which the run `child` has offered it */
  constructor(child: Child, message: Extract<ChildMessage, { holdover: 'socket' }>) {
    const { id, kind, connectionKey, path } = message;
    this.id = id;
    this.#child = child;
    this.#kind = kind;
    this.#connectionKey = connectionKey;
    this.#path = path === undefined ? undefined : resolve(path);
  }

  /** Keeps a copy of it, unless there are enough. */
  hold(handle: Handle): void {
    if (this.#handles.length >= COPIES) handle.close();
    else this.#handles.push(handle);
  }

  /** A new run of the app begins, and may listen on it. */
  hand(child: Child): void {
    this.#child = child;
    this.#answer = undefined;
    this.isClaimed = false;
    // Two: an app may close its server and listen again.
    for (let i = 0; i < 2; i++) this.give(child, COPIES - this.#handles.length);
    for (const connection of this.#waiting)
      child.send({ holdover: 'connection', id: this.id }, connection);
  }

  /** @param wanted how many copies the run shall give back */
  give(child: Child, wanted: number): void {
    const handle = this.#handles[0] ?? this.#listening;
    const message = { holdover: 'socket' as const, id: this.id, wanted };
    if (handle) child.send({ ...message, connectionKey: this.#connectionKey }, handle);
  }

  /** The app has taken what has waited: the copies here are of no use. */
  claim(kind: SocketKind): void {
    this.isClaimed = true;
    this.#kind = kind;
    for (const handle of this.#waiting.splice(0)) handle.close();
    this.#listening?.close();
    this.#listening = undefined;
  }

  /** Keeps a connection for the run that follows. */
  keep(connection: Handle): void {
    this.#waiting.push(connection);
  }

  /** Gives a connection to the run that lives; until it has claimed the socket a copy is kept here. */
  forward(connection: Handle, close = (): void => connection.close()): void {
    this.#child?.send({ holdover: 'connection', id: this.id }, connection);
    if (this.isClaimed) close();
    else this.#waiting.push(connection);
  }

  /**
   * No run of the app lives: what waits is answered, and what comes. Where nothing of ours can be said,
   * on a socket that does not speak plain HTTP, connections are closed.
   */
  answer(accept: Accept): void {
    this.#answer = accept;
    this.isClaimed = false;
    for (const handle of this.#waiting.splice(0)) this.#accept(toUnreadSocket(handle));
    if (this.#listening) return;
    this.#listening = this.#handles.pop(); // the only copy is better used than held
    if (this.#listening) acceptOn(this.#listening, (socket) => this.#accept(socket));
  }

  /** No run follows the one that lives: the address is free as soon as that one closes it. */
  leave(): void {
    this.#listening?.close();
    this.#listening = undefined;
    for (const handle of [...this.#handles.splice(0), ...this.#waiting.splice(0)]) handle.close();
  }

  /** Gives the address up, and what waits. */
  close(): void {
    this.leave();
    if (this.#path !== undefined) removePath(this.#path);
  }

  #accept(socket: Socket): void {
    if (this.#answer && this.#kind === 'http') this.#answer(socket);
    else if (this.#answer) socket.destroy();
    else {
      // The next run has begun: it is for that one.
      const { _handle: handle } = socket as WithHandle<Socket>;
      if (handle) this.forward(handle, () => socket.destroy());
    }
  }
}

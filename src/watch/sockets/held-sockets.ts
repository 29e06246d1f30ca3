import type { Handle } from '../handle.ts';
import type { Child } from '../process/child.ts';
import type { ChildHandlers, ChildMessages, SocketId } from '../protocol.ts';
import { whenHeard } from '../timing.ts';
import { type Accept, HeldSocket } from './held-socket.ts';

/** What there is to say of an app whose sockets cannot be held. */
export const CANNOT_HOLD =
  'This version of Node has no sockets to share: connections are refused while the app restarts.';

/** How long connections wait for a server that the app no longer has, in milliseconds. */
const UNCLAIMED = { beside: 10_000, alone: 60_000 };

/** How long a message that a socket is listened on may be on its way, in milliseconds. */
const MAY_HAVE_OPENED = 50;

/**
 * The sockets that the app listens on. They outlive each run of it: while none lives, connections wait
 * in the queue of the kernel. Nothing is accepted here, and nothing proxied, but after a crash.
 */
export class HeldSockets {
  readonly #sockets = new Map<SocketId, HeldSocket>();
  #child: Child | undefined;
  /** That run of the app listens, or has. */
  #isOpen = false;
  #isAnswering = false;
  #cancels: (() => void)[] = [];

  /** Whether there is a socket on which connections may wait for the app. */
  get isWaitedFor(): boolean {
    return this.#sockets.size > 0;
  }

  /**
   * How long a run of the app may take to answer what is in flight, in milliseconds.
   *
   * @param grace for a run that listens; one that has not said so may have begun to a moment ago
   */
  toDrain(grace: number): number {
    if (this.#isOpen) return grace;
    return this.#sockets.size > 0 ? Math.min(grace, MAY_HAVE_OPENED) : 0;
  }

  /** Gives a new run of the app all sockets, and the connections that wait. */
  hand(child: Child): void {
    this.#cancelAll();
    this.#child = child;
    this.#isOpen = false;
    this.#isAnswering = false;
    for (const socket of this.#sockets.values()) socket.hand(child);
    this.#giveUpAfter(UNCLAIMED.alone, child);
  }

  /** What to do when a run of the app speaks of its sockets. */
  toHandlers(child: Child): ChildHandlers {
    const isLate = (): boolean => child !== this.#child; // the next run was handed the sockets
    return {
      opened: (message) => {
        if (!isLate()) this.#opened(child, message);
      },
      socket: (message, handle) => {
        if (isLate()) handle?.close();
        else if (handle) this.#hold(child, message, handle);
      },
      released: ({ id }) => {
        if (!isLate()) this.#release(child, id);
      },
      connection: ({ id }, handle) => {
        if (handle) this.#pass(id, handle, isLate());
      },
    };
  }

  /** Answers on all sockets, until the next run: what waits, and what comes. */
  answer(accept: Accept): void {
    this.#cancelAll();
    this.#isAnswering = true;
    for (const socket of this.#sockets.values()) socket.answer(accept);
  }

  /** Leaves all addresses to the app that ends: when it closes them they are free. */
  leave(): void {
    this.#cancelAll();
    for (const socket of this.#sockets.values()) socket.leave();
  }

  /** Forgets all sockets of an app that has ended. */
  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #pass(id: SocketId, connection: Handle, isLate: boolean): void {
    const socket = this.#sockets.get(id);
    if (!socket) connection.close();
    else if (isLate) socket.forward(connection);
    else socket.keep(connection);
  }

  #hold(child: Child, message: ChildMessages['socket'], handle: Handle): void {
    const { id } = message;
    const known = this.#sockets.get(id);
    if (known) return known.hold(handle);
    this.#sockets.set(id, new HeldSocket(child, message, handle));
    this.#giveUpAfter(UNCLAIMED.beside, child);
  }

  #opened(child: Child, { id, kind }: ChildMessages['opened']): void {
    this.#isOpen = true;
    const socket = this.#sockets.get(id);
    if (!socket) return;
    socket.claim(kind);
    this.#giveUpAfter(UNCLAIMED.beside, child);
  }

  #release(child: Child, id: SocketId): void {
    this.#sockets.get(id)?.close();
    this.#sockets.delete(id);
    child.send({ holdover: 'freed', id });
  }

  /** The app may have other sockets than before. */
  #giveUpAfter(milliseconds: number, child: Child): void {
    const cancel = whenHeard(milliseconds, () => {
      if (child !== this.#child || this.#isAnswering) return;
      for (const { id, isClaimed } of this.#sockets.values())
        if (!isClaimed) this.#release(child, id);
    });
    this.#cancels.push(cancel);
  }

  #cancelAll(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}

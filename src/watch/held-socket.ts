import type { Socket } from 'node:net';
import type { Child } from './child.ts';
import type { SocketId } from './messages.ts';

/** Takes over a connection of which nothing has been read; it is paused. */
export type Accept = (socket: Socket) => void;

/** A socket that the app listens on, or will again. */
export interface HeldSocket {
  readonly id: SocketId;
  /** Whether the run that lives listens on it. */
  readonly isClaimed: boolean;
  /** A new run of the app begins, and may listen on it. */
  hand: (child: Child) => void;
  /**
   * No run of the app lives: what waits is answered, and what comes. Where nothing of ours can be said,
   * on a socket that does not speak plain HTTP, connections are closed.
   */
  answer: (accept: Accept) => void;
  /** No run follows the one that lives: the address is free as soon as that one closes it. */
  leave: () => void;
  /** Gives the address up, and what waits. */
  close: () => void;
}

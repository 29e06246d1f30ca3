import { Socket } from 'node:net';
import { resolve } from 'node:path';
import { AnswerServer } from './answer-server.ts';
import type { Child } from './child.ts';
import type { Handle, WithHandle } from './handle.ts';
import { removePath } from './kept-path.ts';
import type { ChildMessage, SocketId, SocketKind } from './messages.ts';

/** How long connections wait for a server that the app no longer has, in milliseconds. */
const UNCLAIMED = { beside: 10_000, alone: 60_000 };

/** How long a message that a socket is claimed may be on its way, in milliseconds. */
const MAY_HAVE_CLAIMED = 50;

/** One to hold, one to answer on after a crash. */
const COPIES = 2;

type SocketMessage = Extract<ChildMessage, { holdover: 'socket' }>;

/** A socket that the app listens on, or will again. */
interface HeldSocket {
  id: SocketId;
  kind: SocketKind;
  connectionKey: string;
  /** Of a unix socket, absolute. */
  path: string | undefined;
  /** The first one is held; another may be listened on in this process. */
  handles: Handle[];
  /** Connections that no run of the app has taken yet. */
  waiting: Handle[];
  /** Accepts while no run of the app does. */
  server: AnswerServer | undefined;
  isClaimed: boolean;
}

/**
 * The sockets that the app listens on. They outlive each run of it: while none lives, connections wait
 * in the queue of the kernel. Nothing is accepted here, and nothing proxied, but after a crash.
 */
export class HeldSockets {
  readonly #sockets = new Map<SocketId, HeldSocket>();
  #child: Child | undefined;
  /** The app has bound an address that is not held yet. */
  #isOpen = false;
  #timers: NodeJS.Timeout[] = [];
  #answer: ((socket: Socket) => void) | undefined;

  /**
   * How long a run of the app may take to answer what is in flight, in milliseconds.
   *
   * @param grace for a run that listens; one that has not said so may have begun to a moment ago
   */
  toDrain(grace: number): number {
    const sockets = [...this.#sockets.values()];
    if (this.#isOpen || sockets.some(({ isClaimed }) => isClaimed)) return grace;
    return sockets.length > 0 ? Math.min(grace, MAY_HAVE_CLAIMED) : 0;
  }

  /** Gives a new run of the app all sockets, and the connections that wait. */
  hand(child: Child): void {
    this.#clearTimers();
    this.#child = child;
    this.#isOpen = false;
    this.#answer = undefined;
    for (const socket of this.#sockets.values()) {
      const { id, connectionKey, handles, waiting } = socket;
      socket.isClaimed = false;
      const handle = handles[0] ?? socket.server?.handle;
      if (!handle) continue;
      // Two: an app may close its server and listen again.
      const wanted = COPIES - handles.length;
      for (let i = 0; i < 2; i++)
        child.send({ holdover: 'socket', id, connectionKey, wanted }, handle);
      for (const connection of waiting) child.send({ holdover: 'connection', id }, connection);
    }
    this.#giveUpAfter(UNCLAIMED.alone, child);
  }

  /** Hears what a run of the app says of its sockets. */
  hear(child: Child, message: ChildMessage, handle: Handle | undefined): void {
    if (child !== this.#child) this.#hearLate(message, handle);
    else if (message.holdover === 'opened') this.#isOpen = true;
    else if (message.holdover === 'socket' && handle) this.#hold(child, message, handle);
    else if (message.holdover === 'claimed') this.#claimed(child, message.id);
    else if (message.holdover === 'released') {
      this.#release(message.id);
      child.send({ holdover: 'freed', id: message.id });
    } else if (message.holdover === 'connection' && handle) {
      const socket = this.#sockets.get(message.id);
      if (socket) socket.waiting.push(handle);
      else handle.close();
    }
  }

  /** What a run has said before its end, heard after the next one was handed the sockets. */
  #hearLate(message: ChildMessage, handle: Handle | undefined): void {
    if (!handle) return;
    const socket = message.holdover === 'connection' ? this.#sockets.get(message.id) : undefined;
    if (!socket) return handle.close();
    this.#forward(socket, handle, () => handle.close());
  }

  /**
   * Answers on all sockets, until the next run: what waits, and what comes. Where nothing of ours can
   * be said, on a socket that does not speak plain HTTP, connections are closed.
   */
  answer(accept: (socket: Socket) => void): void {
    this.#clearTimers();
    this.#answer = accept;
    for (const socket of this.#sockets.values()) {
      socket.isClaimed = false;
      for (const handle of socket.waiting.splice(0)) this.#accept(socket, toSocket(handle));
      if (socket.server) continue;
      // The only copy is better used than held.
      const handle = socket.handles.pop();
      if (handle)
        socket.server = new AnswerServer(handle, (accepted) => this.#accept(socket, accepted));
    }
  }

  /** Leaves all addresses to the app that ends: when it closes them they are free. */
  close(): void {
    this.#clearTimers();
    for (const socket of this.#sockets.values()) closeHandles(socket);
  }

  /** Forgets all sockets of an app that has ended. */
  removePaths(): void {
    for (const { path } of this.#sockets.values()) if (path !== undefined) removePath(path);
    this.#sockets.clear();
  }

  #hold(child: Child, { id, kind, connectionKey, path }: SocketMessage, handle: Handle): void {
    const known = this.#sockets.get(id);
    if (known && known.handles.length >= COPIES) {
      handle.close();
      return;
    }
    if (known) known.handles.push(handle);
    else {
      const handles = [handle];
      this.#sockets.set(id, {
        id,
        kind,
        connectionKey,
        path: path === undefined ? undefined : resolve(path),
        handles,
        waiting: [],
        server: undefined,
        isClaimed: true,
      });
      child.send({ holdover: 'socket', id, connectionKey, wanted: 0 }, handle);
      this.#giveUpAfter(UNCLAIMED.beside, child);
    }
  }

  /** The app has taken what has waited: the copies here are of no use. */
  #claimed(child: Child, id: SocketId): void {
    const socket = this.#sockets.get(id);
    if (!socket) return;
    socket.isClaimed = true;
    for (const handle of socket.waiting.splice(0)) handle.close();
    socket.server?.close();
    socket.server = undefined;
    this.#giveUpAfter(UNCLAIMED.beside, child);
  }

  #release(id: SocketId): void {
    const socket = this.#sockets.get(id);
    if (!socket) return;
    this.#sockets.delete(id);
    closeHandles(socket);
    if (socket.path !== undefined) removePath(socket.path);
  }

  #accept(socket: HeldSocket, accepted: Socket): void {
    if (this.#answer && socket.kind === 'http') this.#answer(accepted);
    else if (this.#answer) accepted.destroy();
    else this.#pass(socket, accepted);
  }

  /** The next run has begun: it is for that one. */
  #pass(socket: HeldSocket, accepted: Socket): void {
    const { _handle: handle } = accepted as WithHandle<Socket>;
    if (handle) this.#forward(socket, handle, () => accepted.destroy());
  }

  /** Gives a connection to the run that lives; until it has claimed the socket a copy is kept here. */
  #forward(socket: HeldSocket, handle: Handle, close: () => void): void {
    this.#child?.send({ holdover: 'connection', id: socket.id }, handle);
    if (socket.isClaimed) close();
    else socket.waiting.push(handle);
  }

  /** The app may have other sockets than before. */
  #giveUpAfter(milliseconds: number, child: Child): void {
    const timer = setTimeout(() => {
      if (child !== this.#child || this.#answer) return;
      for (const { id, isClaimed } of this.#sockets.values()) {
        if (isClaimed) continue;
        this.#release(id);
        child.send({ holdover: 'freed', id });
      }
    }, milliseconds);
    this.#timers.push(timer.unref());
  }

  #clearTimers(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }
}

function closeHandles({ server, handles, waiting }: HeldSocket): void {
  server?.close();
  for (const handle of [...handles.splice(0), ...waiting.splice(0)]) handle.close();
}

/** What has been read from nobody yet. */
function toSocket(handle: Handle): Socket {
  const options = { handle, pauseOnCreate: true, readable: true, writable: true };
  return new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]);
}

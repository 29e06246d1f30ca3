import type { Socket } from 'node:net';

type Write = (...args: unknown[]) => boolean;

/** What connections wait for. */
const holds = new WeakMap<Socket, Promise<unknown>[]>();

/**
 * Holds back what is written to a connection until something is done, and writes it then, in its order.
 * `cork()` does not do it: the end of a response takes every cork away.
 */
export function holdWrites(socket: Socket, until: Promise<unknown>): void {
  const waiting = holds.get(socket);
  if (waiting) return void waiting.push(until);
  const promises = [until];
  holds.set(socket, promises);
  const own = Object.getOwnPropertyDescriptor(socket, 'write');
  const held: unknown[][] = [];
  const write = (...args: unknown[]): boolean => {
    held.push(args);
    return true;
  };
  Object.defineProperty(socket, 'write', { value: write, configurable: true, writable: true });
  const end = (): void => {
    holds.delete(socket);
    if (own) Object.defineProperty(socket, 'write', own);
    else Reflect.deleteProperty(socket, 'write');
    for (const args of held) (socket.write as Write)(...args);
  };
  void settle(promises).then(end);
}

async function settle(promises: Promise<unknown>[]): Promise<void> {
  for (let next = promises.shift(); next; next = promises.shift()) {
    await next.catch(() => {}); // said by who has begun it
  }
}

import type { IncomingMessage, Server } from 'node:http';

/** What an event of a server goes to in place of its listeners. */
type Take = (event: unknown, emit: () => boolean) => boolean;

/** What a server is about to emit. */
interface Awaited {
  takes: Map<IncomingMessage, Take>;
  end: () => void;
}

const awaited = new WeakMap<Server, Awaited>();

/**
 * Takes the event by which a server is about to tell the app of a request: 'request', 'checkContinue' or
 * 'checkExpectation'. Until then, and within this turn at the most, the server has an `emit` of its own,
 * which hands on all else; before and after that it has what it had. Where no such event comes, as when Node
 * itself refuses the request, nothing is taken.
 *
 * That the event follows in the same turn, with the request as its first argument, is so from Node 20 to 24,
 * and pinned by `test/mcp/hook.test.ts`. Otherwise nothing is taken, and no session is held over.
 */
export function takeNextEmit(server: Server, request: IncomingMessage, take: Take): void {
  const { takes, end } = awaited.get(server) ?? intercept(server);
  takes.set(request, take);
  process.nextTick(() => {
    if (takes.delete(request) && takes.size === 0) end();
  });
}

function intercept(server: Server): Awaited {
  const own = Object.getOwnPropertyDescriptor(server, 'emit');
  const takes = new Map<IncomingMessage, Take>();
  const emitBefore = server.emit as (...args: unknown[]) => boolean;
  const emit = (...args: unknown[]): boolean => {
    const [event, request] = args;
    const take = takes.get(request as IncomingMessage);
    if (!take) return Reflect.apply(emitBefore, server, args);
    takes.delete(request as IncomingMessage);
    if (takes.size === 0) end();
    return take(event, () => (server.emit as (...all: unknown[]) => boolean)(...args));
  };
  const end = (): void => {
    awaited.delete(server);
    if (server.emit !== emit) return; // the app has put another one there, which calls this one
    if (own) Object.defineProperty(server, 'emit', own);
    else Reflect.deleteProperty(server, 'emit');
  };
  Object.defineProperty(server, 'emit', { value: emit, configurable: true, writable: true });
  const entry = { takes, end };
  awaited.set(server, entry);
  return entry;
}

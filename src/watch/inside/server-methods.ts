import { Server } from 'node:net';
import { promisify } from 'node:util';
import type { AskedServer } from './asked-server.ts';
import { givenConnections } from './given-connections.ts';
import { toListenRequest, type ListenRequest } from './place.ts';

/** The servers of the app that the supervisor is asked to listen for. */
export interface AskedServers {
  get: (server: Server) => AskedServer | undefined;
  /** Whether it is closed but for its connections, or its address. */
  isClosing: (server: Server) => boolean;
  /** Whether the supervisor may be asked. */
  mayAsk: () => boolean;
  begin: (server: Server, request: ListenRequest, isRefed: boolean) => void;
  end: (server: Server, callback?: (error?: Error) => void) => void;
}

/**
 * Replaces the public methods of `net.Server`: for servers that were asked for they are ours, for all
 * others they are Node's own.
 */
export function replaceMethods(servers: AskedServers): void {
  const { listen, close, address, ref, unref, getConnections } = Server.prototype;
  const unrefed = new WeakSet<Server>();
  const isListening = Object.getOwnPropertyDescriptor(Server.prototype, 'listening');
  Object.defineProperty(Server.prototype, 'listening', {
    ...isListening,
    get(this: Server) {
      return servers.get(this) !== undefined || Boolean(isListening?.get?.call(this));
    },
  });
  Object.assign(Server.prototype, {
    listen(this: Server, ...args: unknown[]) {
      const request = servers.mayAsk() ? toListenRequest(args) : undefined;
      if (servers.get(this)) throw toAlreadyListens();
      if (request && !this.listening) servers.begin(this, request, !unrefed.has(this));
      else (listen as (...words: unknown[]) => Server).apply(this, args);
      return this;
    },
    close(this: Server, callback?: (error?: Error) => void) {
      if (servers.get(this) || servers.isClosing(this)) servers.end(this, callback);
      else close.call(this, callback);
      return this;
    },
    async [Symbol.asyncDispose](this: Server) {
      if (this.listening) await promisify(this.close.bind(this))();
    },
    address(this: Server) {
      const one = servers.get(this);
      return one ? one.address : address.call(this);
    },
    getConnections(this: Server, callback: (error: Error | null, count: number) => void) {
      const { size } = givenConnections(this);
      if (!servers.get(this) && size === 0) return getConnections.call(this, callback);
      process.nextTick(callback, null, size);
      return this;
    },
    ref(this: Server) {
      unrefed.delete(this);
      servers.get(this)?.ref();
      return ref.call(this);
    },
    unref(this: Server) {
      unrefed.add(this);
      servers.get(this)?.unref();
      return unref.call(this);
    },
  });
}

function toAlreadyListens(): Error {
  const message = 'Listen method has been called more than once without closing.';
  return Object.assign(new Error(message), { code: 'ERR_SERVER_ALREADY_LISTEN' });
}

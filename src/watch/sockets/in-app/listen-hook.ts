import { Server } from 'node:net';
import type { Handle, WithHandle } from '../../handle.ts';
import { toInertHandle } from './lasting-server.ts';

/** The arguments of `listen`, as Node understands them: host names are looked up already. */
export interface ListenCall {
  /** An address, the path of a pipe, or `null` for any address. */
  address: string | null;
  port: number;
  /** 4, 6, or -1 for a pipe. */
  addressType: number;
  /** Of libuv: 1 is "IPv6 only", 2 is "other sockets may have the same port". */
  flags: number;
}

type Listen = (
  this: WithHandle<Server>,
  address: string | null,
  port: number,
  addressType: number,
  backlog: number | undefined,
  fd: number | undefined,
  flags: number | undefined,
) => void;

/**
 * Stands between every form of `server.listen()` and the binding of its address. A handle that
 * `before` gives is listened on in place of a new one; a promise is waited for, while the server seems
 * to listen, and `before` asked again unless the app has closed the server meanwhile; everything else
 * goes on as ever, and `after` comes when the server has a handle. Servers on a file descriptor or on a
 * handle of the app are not touched, nor are the workers of a cluster, which listen through their primary.
 *
 * `_listen2` is not documented. All forms of listen go through it on Node 20 to 24, and it takes a
 * handle that is there; pinned by `test/watch/held-sockets.process.test.ts`. Where it is missing nothing is held.
 *
 * @returns whether this version of Node has it
 */
export function onListen(
  before: (server: WithHandle<Server>, call: ListenCall) => Handle | Promise<void> | null,
  after: (server: WithHandle<Server>, call: ListenCall) => void,
): boolean {
  const prototype = Server.prototype as unknown as { _listen2?: Listen };
  const listen = prototype._listen2;
  if (typeof listen !== 'function') return false;
  prototype._listen2 = function (address, port, addressType, backlog, fd, flags) {
    const isOurs = !this._handle && !(typeof fd === 'number' && fd >= 0);
    const call = { address, port, addressType, flags: flags ?? 0 };
    const given = isOurs ? before(this, call) : null;
    if (given instanceof Promise) {
      const standIn = toInertHandle(toAddress(call));
      this._handle = standIn;
      void given.then(() => {
        if (this._handle !== standIn) return;
        this._handle = null;
        prototype._listen2?.call(this, address, port, addressType, backlog, fd, flags);
      });
      return;
    }
    if (given) this._handle = given;
    listen.call(this, address, port, addressType, backlog, fd, flags);
    if (isOurs && this._handle) after(this, call);
  };
  return true;
}

/** Has a server that seems to listen do so anew. */
export function listenAgain(
  server: WithHandle<Server>,
  { address, port, addressType, flags }: ListenCall,
): void {
  const { _listen2: listen } = server as unknown as { _listen2?: Listen };
  server._handle = null;
  listen?.call(server, address, port, addressType, undefined, undefined, flags);
}

/** What a server will say of itself when it listens. */
function toAddress({ address, port, addressType }: ListenCall): object | undefined {
  if (addressType === -1) return undefined;
  const isAny = address === null;
  return { address: address ?? '::', family: isAny || addressType === 6 ? 'IPv6' : 'IPv4', port };
}

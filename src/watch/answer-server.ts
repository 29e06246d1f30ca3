import { createServer, type Server, type Socket } from 'node:net';
import type { Handle, WithHandle } from './handle.ts';

/** Accepts connections on a copy of a socket, unread. */
export class AnswerServer {
  readonly handle: Handle;
  readonly #server: Server;

  constructor(handle: Handle, accept: (socket: Socket) => void) {
    this.handle = handle;
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, accept);
    this.#server.on('error', () => {}); // the address is gone: there is nobody to answer
    (this.#server as WithHandle<Server>)._handle = handle;
    const { _listen2: listen } = this.#server as unknown as {
      _listen2: (address: null, port: number, addressType: number, backlog: number) => void;
    };
    listen.call(this.#server, null, -1, -1, 511);
  }

  /** Accepts no more. The socket goes on where another copy of it is. */
  close(): void {
    this.#server.close();
  }
}

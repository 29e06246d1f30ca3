import type { Server, Socket } from 'node:net';

const open = new WeakMap<Server, Set<Socket>>();

/** The options of a server for its connections. Node keeps them as properties, by the same names. */
interface ConnectionOptions {
  allowHalfOpen?: boolean;
  pauseOnConnect?: boolean;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
}

/** The connections that a server was given and that are open. */
export function givenConnections(server: Server): ReadonlySet<Socket> {
  return open.get(server) ?? new Set();
}

/**
 * Gives a server a connection, as if it had accepted it itself.
 *
 * @param onClose the connection has ended
 */
export function giveConnection(server: Server, socket: Socket, onClose: () => void): void {
  const sockets = open.get(server) ?? new Set();
  open.set(server, sockets);
  const { maxConnections } = server as { maxConnections?: number | null };
  const isTooMuch = typeof maxConnections === 'number' && sockets.size >= maxConnections;
  if (!isTooMuch) sockets.add(socket);
  socket.once('close', () => {
    sockets.delete(socket);
    onClose();
  });
  if (isTooMuch) {
    server.emit('drop', toDropped(socket));
    socket.destroy();
    return;
  }
  applyOptions(server as ConnectionOptions, socket);
  Object.assign(socket, { server }); // as Node does; not documented, and read by who knows it
  server.emit('connection', socket);
}

/** Without these members a connection is as Node makes it by itself. */
function applyOptions(options: ConnectionOptions, socket: Socket): void {
  const { allowHalfOpen, pauseOnConnect, noDelay, keepAlive, keepAliveInitialDelay } = options;
  socket.allowHalfOpen = allowHalfOpen ?? true;
  if (noDelay) socket.setNoDelay(true);
  if (keepAlive) socket.setKeepAlive(true, keepAliveInitialDelay ?? 0);
  if (pauseOnConnect) socket.pause();
}

function toDropped(socket: Socket): object {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  const { localFamily, remoteFamily } = socket;
  return { localAddress, localPort, localFamily, remoteAddress, remotePort, remoteFamily };
}

import type { Duplex } from 'node:stream';

/** How long the connection may take to end after that, in milliseconds. */
const END_WITHIN = 1000;

/** Answers what is no HTTP, or too much of it, and ends its connection. */
export function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : '400 Bad Request';
  socket.on('error', () => {});
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), END_WITHIN).unref();
}

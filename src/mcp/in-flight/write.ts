import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { toLastBytes } from './last-words.ts';

/** Headers of a response that tell of its body, or of its connection. */
const OF_ANOTHER_BODY =
  /^(content-(?!security)|transfer-encoding$|connection$|keep-alive$|trailer$|etag$)/;

/**
 * Ends a response by which events are sent, with a text. The client gets it all, and then the end of the
 * connection. The app sees what it sees when a client goes. Synchronous: what the kernel takes at once is
 * sent, also if the process ends right now.
 */
export function endStream(response: ServerResponse, text: string): void {
  const { socket } = response;
  if (!isOpen(response, socket)) return;
  socket.cork(); // all of it leaves at once: TLS takes nothing more while it sends something
  response.flushHeaders();
  // What the app has just written comes first. Node 22 and later may keep it in the response for a moment.
  while (response.writableLength > socket.writableLength && response.writableCorked > 0)
    response.uncork();
  socket.end(toLastBytes(response, text));
}

/** As `endStream`, where the app has sent nothing yet: a head with what it has set, and a body. */
export function answer(response: ServerResponse, type: string, body: string): void {
  const { socket } = response;
  if (!isOpen(response, socket) || response.headersSent) return;
  const own = response.getHeaderNames().filter((name) => !OF_ANOTHER_BODY.test(name));
  const lines = own.flatMap((name) =>
    [response.getHeader(name)].flat().map((value) => `${name}: ${value}`),
  );
  const head = [
    'HTTP/1.1 200 OK',
    ...lines,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Whether it is this response that has the connection. */
function isOpen(response: ServerResponse, socket: Socket | null): socket is Socket {
  return socket !== null && socket.writable && !response.writableEnded;
}

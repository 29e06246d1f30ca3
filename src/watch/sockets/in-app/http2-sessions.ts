import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';

/**
 * Keeps count of the HTTP/2 sessions of a server; one that speaks none is left alone.
 *
 * @returns asks the clients of all sessions to begin no new streams, closes each session when its streams
 * have ended, and tells whether a stream is open that will end
 */
export function watchSessions(server: Server): (isEndless: (type: unknown) => boolean) => boolean {
  const open = new Map<Http2Session, Set<ServerHttp2Stream>>();
  const add = (session: Http2Session): void => {
    const streams = new Set<ServerHttp2Stream>();
    open.set(session, streams);
    session.on('stream', (stream: ServerHttp2Stream) => {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
    });
    session.once('close', () => open.delete(session));
  };
  if ('updateSettings' in server) server.on('session', add);
  return (isEndless) => {
    let isActive = false;
    for (const [session, streams] of open) {
      if (!session.closed) session.close();
      for (const { sentHeaders } of streams) {
        if (!isEndless(sentHeaders?.['content-type'])) isActive = true;
      }
    }
    return isActive;
  };
}

import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';

const sessions = new WeakMap<Server, Map<Http2Session, Set<ServerHttp2Stream>>>();

/** Keeps count of the HTTP/2 sessions of a server; one that speaks none is left alone. */
export function watchSessions(server: Server): void {
  const isHttp2 = 'updateSettings' in server;
  if (!isHttp2) return;
  const open = new Map<Http2Session, Set<ServerHttp2Stream>>();
  sessions.set(server, open);
  server.on('session', (session: Http2Session) => {
    const streams = new Set<ServerHttp2Stream>();
    open.set(session, streams);
    session.on('stream', (stream: ServerHttp2Stream) => {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
    });
    session.once('close', () => open.delete(session));
  });
}

/**
 * Asks the clients of all sessions to begin no new streams, and closes each session when its streams
 * have ended.
 *
 * @returns whether a stream is open that will end
 */
export function closeSessions(server: Server, isEndless: (type: unknown) => boolean): boolean {
  let isActive = false;
  for (const [session, streams] of sessions.get(server) ?? []) {
    if (!session.closed) session.close();
    for (const { sentHeaders } of streams) {
      if (!isEndless(sentHeaders?.['content-type'])) isActive = true;
    }
  }
  return isActive;
}

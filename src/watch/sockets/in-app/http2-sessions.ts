import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';

/** Whether a response has no end of its own, by what was asked and its media type. */
type IsEndless = (streamed: { method: unknown; mcpMethod: unknown; type: unknown }) => boolean;

/**
 * Keeps count of the HTTP/2 sessions of a server; one that speaks none is left alone.
 *
 * @returns asks the clients of all sessions to begin no new streams, closes each session when its streams
 * have ended, and tells whether a stream is open that will end
 */
export function watchSessions(server: Server): (isEndless: IsEndless) => boolean {
  const open = new Map<Http2Session, Map<ServerHttp2Stream, IncomingHttpHeaders>>();
  const add = (session: Http2Session): void => {
    const streams = new Map<ServerHttp2Stream, IncomingHttpHeaders>();
    open.set(session, streams);
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      streams.set(stream, headers);
      stream.once('close', () => streams.delete(stream));
    });
    session.once('close', () => open.delete(session));
  };
  if ('updateSettings' in server) server.on('session', add);
  return (isEndless) => {
    let isActive = false;
    for (const [session, streams] of open) {
      if (!session.closed) session.close();
      for (const [{ sentHeaders }, headers] of streams) {
        const asked = { method: headers[':method'], mcpMethod: headers['mcp-method'] };
        if (!isEndless({ ...asked, type: sentHeaders?.['content-type'] })) isActive = true;
      }
    }
    return isActive;
  };
}

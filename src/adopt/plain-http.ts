import type { ServerResponse } from 'node:http';
import { toPath } from '../history/seen-requests.ts';
import { logToTerminal } from '../options/terminal.ts';

/** What express-session and Express put on a request. */
interface ExpressRequest {
  method?: string;
  originalUrl?: string;
  /** Whether it came over TLS, by Express and its `trust proxy`. */
  secure?: boolean;
  res?: ServerResponse;
  sessionID?: string;
  session?: { cookie?: { secure?: boolean } };
}

let isSaid = false;

/**
 * Says once that a new session has got no cookie: express-session sets none that is `secure` on what it takes
 * for plain HTTP, and says nothing.
 */
export function warnOfPlainHttp(request: ExpressRequest): void {
  const { res, session } = request;
  if (isSaid || request.secure || !res || !session?.cookie?.secure) return;
  res.once('finish', () => {
    const hasData = Object.keys(session).some((name) => name !== 'cookie'); // others get no cookie anyway
    const id = encodeURIComponent(request.sessionID ?? '');
    if (isSaid || !hasData || String(res.getHeader('set-cookie')).includes(id)) return;
    isSaid = true;
    logToTerminal(
      `A session got no cookie, as its cookie is secure and \`${request.method} ${toPath(request.originalUrl ?? '/')}\` came over plain HTTP. Behind a proxy that ends TLS, write app.set('trust proxy', 1); without TLS, give the cookie secure: false.`,
    );
  });
}

import type { IncomingMessage } from 'node:http';
import { maySeeSource, readHosts } from '../../loopback/viewer.ts';

/** Where the button of the page asks. An app that is back meanwhile has no such path. */
export const TRY_AGAIN_PATH = '/__holdover/try-again';

/** Names the crash that the page shows. A page of another origin can neither read nor send it. */
export const TRY_AGAIN_HEADER = 'x-holdover-try-again';

/** Whether a request is one that the button sends; any page may try. */
export function asksToTryAgain({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && url === TRY_AGAIN_PATH;
}

/**
 * Whether a person at this machine has pressed the button of this crash. Another port of this machine is
 * another origin here: it may be of any project.
 *
 * @param id of the crash that is shown
 */
export function mayTryAgain(request: IncomingMessage, id: string): boolean {
  const { origin, [TRY_AGAIN_HEADER]: named, 'sec-fetch-site': site } = request.headers;
  const isOfPage = origin === `http://${readHosts(request)[0]}`;
  const isSameOrigin = site === undefined || site === 'same-origin';
  return isOfPage && isSameOrigin && named === id && maySeeSource(request);
}

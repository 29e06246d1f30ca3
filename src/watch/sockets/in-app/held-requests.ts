import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const REQUEST_START = 'http.server.request.start';

/** How long it may take to accept what has waited, and to read its requests, in milliseconds. */
const WITHIN = 25;

let count = 0;
let isCounting = false;

/** Counts the requests that have waited for the server that listens now: those that come right away. */
export function countHeldRequests(): void {
  if (isCounting) return;
  isCounting = true;
  const hear = (): void => void count++;
  subscribe(REQUEST_START, hear);
  setTimeout(() => {
    unsubscribe(REQUEST_START, hear);
    isCounting = false;
  }, WITHIN).unref();
}

/** How many there were. */
export function heldRequests(): number {
  return count;
}

import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const REQUEST_START = 'http.server.request.start';

/** How many turns of the event loop it takes to accept what has waited, and to read its requests. */
const TURNS = 4;

let count = 0;
let isCounting = false;

/** Counts the requests that have waited for the server that listens now: those that are there at once. */
export function countHeldRequests(): void {
  if (isCounting) return;
  isCounting = true;
  const hear = (): void => void count++;
  subscribe(REQUEST_START, hear);
  const turn = (left: number): void => {
    if (left > 0) setImmediate(turn, left - 1);
    else {
      unsubscribe(REQUEST_START, hear);
      isCounting = false;
    }
  };
  turn(TURNS);
}

/** How many there were. */
export function heldRequests(): number {
  return count;
}

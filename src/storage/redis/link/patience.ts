import { withDeadline } from './deadline.ts';
import type { RedisClient } from '../client.ts';

/** How long Redis has at least to show that it is there, in milliseconds. */
const PATIENCE = 1000;

/** How many round trips it takes at most to open a connection: TCP, TLS, a password, a first answer. */
const ROUND_TRIPS = 5;

/** How many pauses of this process are made up for: one that is always late is told so, too. */
const MOST_PAUSES = 50;

/** How long to wait after a first attempt to connect that has failed, in milliseconds. */
const FIRST_DELAY = 25;

/** How long to wait at most before the next one, in milliseconds. */
export const LONGEST_DELAY = 250;

/** Waits after an attempt to connect that has failed, twice as long each time. */
export async function waitAfter(attempt: number): Promise<void> {
  const delay = Math.min(FIRST_DELAY * 2 ** attempt, LONGEST_DELAY);
  await new Promise((resolve) => setTimeout(resolve, delay).unref());
}

/** How long one answer may take when no call waits for it, in milliseconds: that of a call, or more. */
export function toPatience(timeout: number): number {
  return Math.max(PATIENCE, timeout);
}

/**
 * How many pauses of this process are made up for while a call is waited for: one, and many where the
 * connection is still being opened, which goes a step further in each.
 */
export function toPauses(isOpen: boolean): { pauses: number } {
  return { pauses: isOpen ? 1 : MOST_PAUSES };
}

/**
 * Opens a connection, in the time that its round trips may take. The signal says when that is over.
 *
 * An app that starts is busy for long, with pauses in which this goes a step further: those steps
 * count, and the time between them does not.
 *
 * @param timeout how long a call may take, in milliseconds
 */
export function openInTime(
  open: (signal: AbortSignal) => Promise<RedisClient>,
  timeout: number,
): Promise<RedisClient> {
  const controller = new AbortController();
  const within = Math.max(PATIENCE, ROUND_TRIPS * timeout);
  const toError = (): Error => {
    controller.abort();
    return new Error(`no answer within ${within} ms`);
  };
  const options = { keepsAlive: false, pauses: MOST_PAUSES };
  return withDeadline(open(controller.signal), within, toError, options);
}

/**
 * Asks all masters whether they are there.
 *
 * @param timeout how long a call may take, in milliseconds
 * @throws Error when one does not answer
 */
export async function ping(client: RedisClient, timeout: number): Promise<void> {
  const patience = toPatience(timeout);
  const toError = (): Error => new Error(`no answer within ${patience} ms`);
  const answers = client
    .masters()
    .then((masters) => Promise.all(masters.map((send) => send(['PING']))));
  await withDeadline(answers, patience, toError, { keepsAlive: false });
}

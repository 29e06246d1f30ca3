import type { Head } from '../exchange.ts';

/** Begins the id of an event of ours that has ended a stream which answered a POST. */
export const ENDED = 'holdover-ended-';

/** Whether events follow that can be read. */
export function isOfEvents(head: Head): boolean {
  const isStream = /^text\/event-stream\b/i.test(head.get('content-type') ?? '');
  const encoding = head.get('content-encoding') ?? 'identity';
  return head.status === 200 && isStream && encoding === 'identity';
}

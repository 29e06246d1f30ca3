import type { Head } from '../exchange.ts';

/** Begins the id of an event of ours that has ended a stream which answered a POST. */
export const ENDED = 'holdover-ended-';

/** Whether a media type is that of a stream of events. */
export function isEventStream(type: string | undefined): boolean {
  return /^text\/event-stream\b/i.test(type ?? '');
}

/** Whether events follow that can be read. */
export function isOfEvents(head: Head): boolean {
  const encoding = head.get('content-encoding') ?? 'identity';
  return head.status === 200 && isEventStream(head.get('content-type')) && encoding === 'identity';
}

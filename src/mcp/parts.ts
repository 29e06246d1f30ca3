import type { ExchangePart } from './exchange.ts';
import { inFlight } from './in-flight/in-flight.ts';
import { notes } from './notes.ts';
import { openStreams } from './open-streams.ts';
import { streams } from './streams/streams.ts';

/** What has a part in each exchange, in this order. */
export const PARTS: ExchangePart[] = [notes, streams, inFlight, openStreams];

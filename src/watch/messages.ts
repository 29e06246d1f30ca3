import type { OpenedStore } from '../adopt/opened.ts';

/** What a child tells its supervisor, over Node's IPC channel. */
export type ChildMessage =
  | { holdover: 'store'; store: OpenedStore; fingerprint: string }
  | { holdover: 'listening' };

/** What Node itself reports of each module that it loads, under WATCH_REPORT_DEPENDENCIES. */
export interface DependencyMessage {
  'watch:import'?: string[];
  'watch:require'?: string[];
}

/** Whether a message is one of ours: an app may send messages of its own over the same channel. */
export function isChildMessage(message: unknown): message is ChildMessage {
  return typeof message === 'object' && message !== null && 'holdover' in message;
}

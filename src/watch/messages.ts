import type { OpenedStore } from '../adopt/opened.ts';

/** What a child tells its supervisor, over Node's IPC channel. */
export type ChildMessage =
  | { holdover: 'store'; store: OpenedStore }
  /** The app listens; since when, in milliseconds since the epoch. */
  | { holdover: 'listening'; at: number }
  | { holdover: 'address-in-use'; address: string };

/** What Node itself reports of each module that it loads. */
export interface DependencyMessage {
  'watch:import'?: string[];
  'watch:require'?: string[];
}

/** Whether a message is one of ours: an app may send messages of its own over the same channel. */
export function isChildMessage(message: unknown): message is ChildMessage {
  return typeof message === 'object' && message !== null && 'holdover' in message;
}

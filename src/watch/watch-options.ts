import type { WatcherOptions } from './changes/watcher.ts';
import type { ProcessOptions } from './standby/next-process.ts';

/** What `holdover watch` is told. */
export interface WatchOptions extends WatcherOptions, ProcessOptions {
  /** How long the app has for its own end, in milliseconds. */
  grace: number;
  clearScreen: boolean;
  /** Whether the report says where the time went. */
  verbose: boolean;
}

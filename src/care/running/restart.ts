/** What has happened to an app that runs, and what came of it. */
export interface Restart {
  /** From 1, one more for each; a process that starts anew begins again. */
  number: number;
  /** When it began, in milliseconds since the epoch: the save, the key, or the end of the app by itself. */
  at: number;
  /** The files that have changed, as a person would name them. */
  paths: string[];
  /** What it was, when no file has changed. */
  reason: string | null;
  /**
   * `restart`: the app has started anew. `crash`: it has ended by itself, or could not start. `update`: Vite
   * has let go of modules of server code, and evaluates them anew.
   */
  kind: 'restart' | 'crash' | 'update';
  /** Where the time went, in its order: what it was, and how many milliseconds. */
  phases: [name: string, milliseconds: number][];
  /** From `at` until the app listened, or the first answer was out, in milliseconds; `null` where neither came. */
  duration: number | null;
  /** How many requests have waited for it. */
  requests: number;
  /** How many sessions were held over; `null` where nobody counts them, as in Redis. */
  sessions: number | null;
  /** How many values of the app's memory were held over. */
  values: number;
  /** How many clients of MCP were held over. */
  clients: number;
  /** `The app exited with code 1` */
  crash: string | null;
}

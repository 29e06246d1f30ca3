/** One restart of an app, and what it led to. */
export interface Restart {
  /** From 1, one more for each. A new process begins again. */
  number: number;
  /** When it began: the save, the key, or the app's own end, in milliseconds since the epoch. */
  at: number;
  /** The changed files, relative to the current directory. */
  paths: string[];
  /** The reason for the restart if no file has changed. */
  reason: string | null;
  /**
   * `restart`: the app has started anew. `crash`: it has ended by itself, or could not start. `update`: Vite
   * has invalidated modules of server code, and evaluates them anew.
   */
  kind: 'restart' | 'crash' | 'update';
  /** The phases in their order, each with its milliseconds. */
  phases: [name: string, milliseconds: number][];
  /** Milliseconds from `at` until the app listened or answered; `null` if it did neither. */
  duration: number | null;
  /** How many requests waited. */
  requests: number;
  /** How many sessions were held over; `null` where holdover does not count them, as in Redis. */
  sessions: number | null;
  /** How many values of the app's memory were held over. */
  values: number;
  /** How many MCP clients were held over. */
  clients: number;
  /** `The app exited with code 1` */
  crash: string | null;
}

import type { Readable } from 'node:stream';

/** How an app is ended. */
export interface Ending {
  /** `undefined` when the app has had it already, from its terminal. */
  signal: NodeJS.Signals | undefined;
  /** How long it may take, in milliseconds. */
  grace: number;
  /** How long what is in flight may be answered before the signal comes, in milliseconds; 0 is not. */
  drain: number;
  /** Settled when what is in flight elsewhere than on sockets is answered; the signal waits for that, too. */
  answered?: Promise<void> | undefined;
  /** It was told to end, which takes it a while. */
  onSignal: () => void;
  /** It did not end within its grace. */
  onKill: () => void;
}

/** What runs, `node [nodeFlags] entry [args]`, and where. */
export interface ChildOptions {
  nodeFlags: string[];
  /** Absolute. */
  entry: string;
  args: string[];
  /** The root of the project, absolute. */
  root: string;
  /** Whether the sockets of the app outlive it. */
  hold: boolean;
  /** Who passes on what the app prints; otherwise it prints to what this process prints to. */
  reader?: OutputReader | undefined;
}

/** What a process prints, where it is piped. */
export interface Printing {
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
}

/** Passes on what an app prints to stdout, and to stderr where that is piped. */
export interface OutputReader {
  readonly stderr: 'pipe' | 'inherit';
  /** A process was started, and nothing that it has printed is read. */
  onSpawn: (process: Printing) => void;
}

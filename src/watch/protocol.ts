import type { OpenedStore } from '../adopt/held-over/opened.ts';
import type { CookieText, NamedSession } from '../asking/questions.ts';
import type { ValuesPutBack } from '../state/told.ts';
import type { Handle } from './handle.ts';
import type { Forgotten, Learned, Preparation } from './learned.ts';

/**
 * Names a socket that the app listens on. The same arguments of `listen` give the same name in every
 * run; several sockets on port 0 are counted.
 */
export type SocketId = string;

/** What is pressed in the terminal: Enter alone restarts, `f` + Enter forgets what is kept first. */
export type Key = 'enter' | 'forget';

/** What speaks on a socket: `other` is TLS, HTTP/2, or anything that is not HTTP. */
export type SocketKind = 'http' | 'other';

/** What an error, or something else that was thrown, said of itself. Plain strings of bounded length. */
export interface ReportedCause {
  /** `TypeError`; `Uncaught` for a thrown value that is no error. */
  name: string;
  message: string;
  code?: string;
  /** What stands before the message where Node has put the place there: `/app/a.cjs:3`, the line, `^`. */
  where: string;
  /** The lines of the stack, `    at f (file:1:2)`, without the message. */
  stack: string;
}

/** An error that nobody has caught: JSON of about 20 kB. */
export interface ReportedError extends ReportedCause {
  /** Its cause, the cause of that, and the errors of an `AggregateError`. */
  causes: ReportedCause[];
  /** The app listens for such errors: it may have gone on after this one. */
  isHandled: boolean;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What a child tells its supervisor over Node's IPC channel, by name; in the order of a run. */
export interface ChildMessages {
  /** It hears what its supervisor says; what was said before would be lost. */
  ready: object;
  /** Node has no sockets that could be held. */
  'cannot-hold': object;
  /** A process that waits has done in advance what it was told to. */
  prepared: object;
  /** It runs the entry, since then, in milliseconds since the epoch. */
  running: { at: number };
  store: { store: OpenedStore };
  /** Values of the last run were put back into its memory: so many more. */
  rehydrated: { values: ValuesPutBack };
  /** A worker thread or a forked process of the app has loaded files: their paths or URLs. */
  loaded: { names: string[] };
  /** Something that is to be said once in all restarts. */
  notice: { sentence: string };
  'address-in-use': { address: string };
  /** It listens on a socket: one that it was given, or one that it will offer in a moment. */
  opened: { id: SocketId; kind: SocketKind };
  /**
   * It listens on a socket; the supervisor holds the copy of the handle that comes with the message.
   * `path` is that of a unix socket, absolute.
   */
  socket: { id: SocketId; kind: SocketKind; connectionKey: string; path: string | undefined };
  /**
   * The app listens; since when, in milliseconds since the epoch, what had waited for it, and where it is for
   * people, when it speaks HTTP.
   */
  listening: { at: number; heldRequests: number; url: string | undefined };
  /** The start is over, and the app has time: what its modules are, and where they were found. */
  learned: { learned: Learned };
  /** The app has closed a socket that is held: its address is free again. */
  released: { id: SocketId };
  /** It has heard that it is to drain; a worker of a cluster says so to its primary. */
  draining: object;
  /** An idle connection of the app that ends, with its handle, for the next one. */
  connection: { id: SocketId };
  /** Nothing is in flight any more; as `draining`. */
  drained: object;
  /** A key was pressed in a terminal that the app does not read. */
  pressed: { key: Key };
  /** The cookie of a session, as it was asked for; `null` where it is not known how the app signs it. */
  signed: { id: number; cookie?: CookieText | null; error?: string };
  /** The app ends by it. */
  uncaught: { error: ReportedError };
}

/** What a supervisor tells a child that waits or runs, by name; in the order of a run. */
export interface SupervisorMessages {
  /** Read, resolve and compile in advance; nothing of the app or its packages is evaluated. */
  prepare: { preparation: Preparation };
  /** A socket to listen on, with its handle, and whether the supervisor wants a copy back. */
  socket: { id: SocketId; connectionKey: string; isWanted: boolean };
  /** A connection that waits for the server of a socket, with its handle. */
  connection: { id: SocketId };
  /** Run the entry, with what is kept of the last run's memory, or without. */
  go: { forgotten: Forgotten; forgetState: boolean };
  /** Somebody was answered on stdout: an app that does not listen has been started, too. */
  answered: object;
  /** Sign the cookie of a session as the framework of the app does. */
  sign: { id: number; session: NamedSession };
  /** A socket is held no longer: its address is free. */
  freed: { id: SocketId };
  /** Accept no more, answer what is in flight, and say when that is done. */
  drain: object;
}

/** A message as it travels. */
type Message<Table> = { [Name in keyof Table]: { holdover: Name } & Table[Name] }[keyof Table];
export type ChildMessage = Message<ChildMessages>;
export type SupervisorMessage = Message<SupervisorMessages>;

/** What is done at each message of the other process. */
type Handlers<Table> = {
  [Name in keyof Table]: (message: Table[Name], handle: Handle | undefined) => void;
};
export type SupervisorHandlers = Handlers<SupervisorMessages>;
/** Whoever hears a child hears a part of what it says. */
export type ChildHandlers = Partial<Handlers<ChildMessages>>;

/** Hands a message to the handler of its name, where there is one. */
export function hear(
  message: ChildMessage | SupervisorMessage,
  handle: Handle | undefined,
  handlers: ChildHandlers | Partial<SupervisorHandlers>,
): void {
  const table = handlers as Record<string, ((...heard: unknown[]) => void) | undefined>;
  table[message.holdover]?.(message, handle);
}

/**
 * Node gives messages with such a `cmd` to no listener of 'message', but to those of
 * 'internalMessage': the app never sees them. Not documented; what node:cluster is built on, the same
 * from Node 20 to 24, pinned by `test/watch/messages.process.test.ts`.
 */
export const INTERNAL = { cmd: 'NODE_HOLDOVER' };

/** Whether an internal message of Node is one of ours. */
export function isOurs(message: unknown): message is ChildMessage & SupervisorMessage {
  return (message as { cmd?: unknown } | undefined)?.cmd === INTERNAL.cmd;
}

import type { OpenedStore } from '../adopt/held-over/opened.ts';
import type { CookieText, NamedSession } from '../asking/questions.ts';
import type { ValuesPutBack } from '../state/told.ts';
import type { Handle } from './handle.ts';

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

/** How long an app, or a worker of a cluster, may take to hear that it is to drain, in milliseconds: in a loop it never does. */
export const HEARS_WITHIN = 2000;

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

/**
 * By the URL of the importing module and what it names, the URL that this leads to. What is named by
 * `require` has the word in front: `require ./routes`.
 */
export type Requests = Record<string, Record<string, string>>;

const REQUIRE = 'require ';

/** The name of what is required: `require` may lead elsewhere than `import`. */
export function toRequireName(request: string): string {
  return REQUIRE + request;
}

/** The request that has a name. */
export function toRequest(name: string): { request: string; isRequire: boolean } {
  const isRequire = name.startsWith(REQUIRE);
  return { request: isRequire ? name.slice(REQUIRE.length) : name, isRequire };
}

/** What a module is. Node reads and evaluates a CommonJS module by itself. */
export type Source =
  /** `text` is what tsx makes of it; it has none where that is what is in the file. */
  { format: 'module'; text?: string } | { format: 'commonjs' };

/** What Node and tsx have answered when they were asked for modules. JSON all through. */
export interface Answers {
  requests: Requests;
  /**
   * Of what is imported, by URL: `module`, `commonjs`, `builtin`, …; `null` or missing where that is
   * not known before it is loaded.
   */
  formats: Record<string, string | null>;
  /** By the URL of a file. */
  sources: Record<string, Source>;
}

/** What is in a process that has started an app. JSON all through. */
interface Loaded {
  /** The names of Node's own modules. */
  builtins: string[];
  /** CommonJS files, in the order in which they were loaded. */
  files: string[];
  /** The URLs of ES modules of packages, in the order in which they were reported. */
  modules: string[];
}

/** What one start of the app has shown: the answers are those that were not known before. */
export interface Learned extends Loaded, Answers {
  /** The app has registered loader hooks, which shall see the modules that they are meant for. */
  hasHooks: boolean;
}

/** What a process may do in advance. */
export interface Preparation extends Loaded, Omit<Answers, 'requests'> {
  /** Requests of the app's own files, and those of packages. */
  ofApp: Requests;
  ofPackages: Requests;
  /** The file of tsx, where the app is run by it. */
  tsx: string | undefined;
}

/** What changes since a preparation was made make of its answers. */
export interface Forgotten {
  /** The URLs of modules whose text is another one. */
  sources: string[];
  /** Whether the requests of the app's own files may lead elsewhere. */
  requests: boolean;
}

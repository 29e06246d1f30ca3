/** By the URL of the importing module and what it names, the URL that this leads to. */
export type Requests = Record<string, Record<string, string>>;

/** A search for a CommonJS file, as Node names it, and what was found. */
export type Search = [search: string, file: string];

/** What Node and tsx have answered when they were asked for ES modules. JSON all through. */
export interface Answers {
  requests: Requests;
  /** By URL: `module`, `commonjs`, `builtin`, … */
  formats: Record<string, string>;
  /** By the URL of an ES module: what tsx makes of it; `null` for one whose text it leaves as it is. */
  sources: Record<string, string | null>;
}

/** What is in a process that has started an app. JSON all through. */
interface Loaded {
  /** The names of Node's own modules. */
  builtins: string[];
  /** CommonJS files, in the order in which they were loaded. */
  files: string[];
  searches: Search[];
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

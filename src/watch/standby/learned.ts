/** What Node and tsx have answered when they were asked for ES modules. JSON all through. */
export interface Answers {
  /** By the URL of the importing module and what it names, the URL that this leads to. */
  resolved: Record<string, Record<string, string>>;
  /** By URL: `module`, `commonjs`, `builtin`, … */
  formats: Record<string, string>;
  /** By the URL of an ES module: what tsx makes of it; `null` for one whose text it leaves as it is. */
  sources: Record<string, string | null>;
}

/** A search for a CommonJS file, as Node names it, and what was found. */
export type Search = [search: string, file: string];

/** What one start of the app has shown. JSON all through. */
export interface Learned {
  /** The names of Node's own modules that were loaded. */
  builtins: string[];
  /** CommonJS files, in the order in which they were loaded. */
  files: string[];
  searches: Search[];
  /** The URLs of ES modules of packages, in the order in which they were reported. */
  modules: string[];
  /** What was not known before. */
  answers: Answers;
  /** The app has registered loader hooks, which shall see the modules that they are meant for. */
  hasHooks: boolean;
}

/** What a process may do in advance. JSON all through. */
export interface Preparation extends Omit<Learned, 'hasHooks'> {
  /** The file of tsx, where the app is run by it. */
  tsx: string | undefined;
}

/** What changes since a preparation was made make of its answers. */
export interface Forgotten {
  /** The URLs of modules whose text is another one. */
  sources: string[];
  /** The URLs of importing modules, and what they name, that may lead elsewhere. */
  requests: [parent: string, name: string][];
}

export function emptyAnswers(): Answers {
  return { resolved: {}, formats: {}, sources: {} };
}

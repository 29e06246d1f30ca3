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

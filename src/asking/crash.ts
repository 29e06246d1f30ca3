/** A line of a file. */
export interface Position {
  /** Absolute. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1; unknown for some. */
  column?: number | undefined;
}

/** One line of a stack. */
export interface Frame extends Partial<Position> {
  /** The function, as V8 names it: `async load`, `new Server`. */
  function?: string | undefined;
  /** The file, relative to the current directory. */
  path: string;
  isOfNode: boolean;
  isOfPackage: boolean;
}

/** The lines of a source file around an error. */
export interface Excerpt extends Position {
  /** The file, relative to the current directory. */
  path: string;
  lines: ExcerptLine[];
}

/** One line of an excerpt. */
export interface ExcerptLine {
  /** From 1. */
  number: number;
  text: string;
  isMarked: boolean;
}

/** An error, as it is shown. */
export interface ShownError {
  name: string;
  message: string;
  code?: string | undefined;
  /** Top first. */
  frames: Frame[];
}

/** Describes a failed start. All texts are plain; nothing is escaped. */
export interface Crash {
  /** `The app exited with code 1` */
  title: string;
  /** One more sentence where the error does not say enough. */
  hint?: string | undefined;
  error?: ShownError | undefined;
  causes: ShownError[];
  excerpt?: Excerpt | undefined;
  /** The files whose change led to this start, relative to the current directory. */
  changed: string[];
  /** Whether the sessions of the app outlast it. */
  keepsSessions: boolean;
}

/** A place in a file. */
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
  /** The file as a person would name it, from the current directory. */
  path: string;
  isOfNode: boolean;
  isOfPackage: boolean;
}

/** A part of a source file around the place of an error. */
export interface Excerpt extends Position {
  /** The file as a person would name it. */
  path: string;
  lines: ExcerptLine[];
}

/** One line of it. */
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

/** Everything that can be said of a start that has failed. Plain text throughout; nothing is escaped. */
export interface Crash {
  /** `The app exited with code 1` */
  title: string;
  /** One sentence more, where the error does not say it. */
  hint?: string | undefined;
  error?: ShownError | undefined;
  causes: ShownError[];
  excerpt?: Excerpt | undefined;
  /** The files whose change led to this start, as a person would name them. */
  changed: string[];
  /** Whether the app has sessions that outlast it. */
  keepsSessions: boolean;
}

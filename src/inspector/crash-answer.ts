/** `GET restarts/<number>/crash`. All of it is plain text. */
export interface Crash {
  /** `The app exited with code 1` */
  title: string;
  /** One sentence more, where the error does not say it. */
  hint?: string | undefined;
  error?: ShownError | undefined;
  causes: ShownError[];
  /** A part of the source around the place of the error. */
  excerpt?: (Position & { path: string; lines: SourceLine[] }) | undefined;
  /** The files whose change led to this start. */
  changed: string[];
}

/** An error of the app. */
export interface ShownError {
  name: string;
  message: string;
  code?: string | undefined;
  /** Top first. */
  frames: Frame[];
}

/** A place in a file; lines and columns count from 1. */
export interface Position {
  /** Absolute. */
  file: string;
  line: number;
  column?: number | undefined;
}

/** One line of a stack. */
export interface Frame extends Partial<Position> {
  function?: string | undefined;
  /** For people. */
  path: string;
  isOfNode: boolean;
  isOfPackage: boolean;
}

/** One line of a source file. */
export interface SourceLine {
  number: number;
  text: string;
  isMarked: boolean;
}

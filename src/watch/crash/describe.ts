import type { Crash, Frame, Position, ShownError } from '../../asking/crash.ts';
import { readExcerpt } from './excerpt.ts';
import { isOfApp, toFrameAt, toFrames, toPath, toPlain, type AppFrame } from './frames.ts';
import { findNamedPosition } from './position.ts';
import type { Exit } from '../exit.ts';
import type { ReportedCause, ReportedError } from '../protocol.ts';
import { findSyntaxError } from './syntax.ts';

/** What is known of the run that has ended. */
interface CrashContext {
  /** The root of the project, absolute. */
  root: string;
  /** The files whose change led to this start, absolute. */
  changed: string[];
  /** Whether the app has sessions that outlast it. */
  keepsSessions?: boolean;
  /** The files that the app has loaded or meant to: a syntax error is looked for in them, too. */
  loaded?: string[] | undefined;
}

/** An error that the app has heard of itself belongs to its end only so long before it, in milliseconds. */
const STALE_AFTER = 10_000;

/**
 * Describes how the app has ended, with what stands in its sources.
 *
 * @param reported the last error that the run has told of
 * @returns within about 3 seconds, and mostly at once; never rejects
 */
export async function describeCrash(
  reported: ReportedError | undefined,
  exit: Exit,
  context: CrashContext,
): Promise<Crash> {
  const crash = describeEnd(reported, exit, context);
  if (reported === undefined || crash.error === undefined) return crash;
  try {
    return await locate(crash, crash.error, reported, context);
  } catch {
    return crash; // what is known without the sources
  }
}

/** The same at once, without a look into any source. */
function describeEnd(
  reported: ReportedError | undefined,
  exit: Exit,
  { root, changed, keepsSessions = false }: CrashContext,
): Crash {
  const isStale = reported?.isHandled && Date.now() - reported.at > STALE_AFTER;
  const error = isStale ? undefined : reported;
  return {
    title: toTitle(exit),
    hint: error ? undefined : toHint(exit),
    error: error && toShown(error, root),
    causes: (error?.causes ?? []).map((cause) => toShown(cause, root)),
    changed: isFromOutside(exit) ? [] : changed.map((file) => toPlain(toPath(file))),
    keepsSessions,
  };
}

async function locate(
  crash: Crash,
  error: ShownError,
  reported: ReportedError,
  { root, changed, loaded = [] }: CrashContext,
): Promise<Crash> {
  // The stack of an error of compiling begins in Node; that of JSON.parse, with it.
  const isOfCompiling = error.name === 'SyntaxError' && error.frames[0]?.path.startsWith('node:');
  const position =
    (await findNamedPosition(reported)) ??
    (isOfCompiling
      ? await findSyntaxError(reported.message, [...changed, ...loaded], root)
      : undefined);
  const top = position && toTop(position, error.frames, root);
  const frames = top && !error.frames.includes(top) ? [top, ...error.frames] : error.frames;
  const others = [...frames, ...crash.causes.flatMap((cause) => cause.frames)].filter(isOfApp);
  for (const frame of (top ? [top, ...others] : others).slice(0, 20)) {
    const excerpt = await readExcerpt(frame, root);
    if (excerpt) return { ...crash, error: { ...error, frames }, excerpt };
  }
  return { ...crash, error: { ...error, frames } };
}

/** The frame of the stack that a place is in, if there is one: it may know the line better. */
function toTop(position: Position, frames: Frame[], root: string): AppFrame {
  const { file, line } = position;
  const known = frames
    .filter(isOfApp)
    .find((frame) => frame.file === file && (frame.line === line || line === 1));
  return known ?? toFrameAt(position, root);
}

function toShown({ name, message, code, stack }: ReportedCause, root: string): ShownError {
  return {
    name: toPlain(name),
    message: toPlain(message),
    code: code && toPlain(code),
    frames: toFrames(stack, root),
  };
}

function toTitle({ code, signal }: Exit): string {
  if (signal) return `The app was ended by ${signal}`;
  return code === 0 ? 'The app has ended by itself' : `The app exited with code ${code}`;
}

/** Whether another process has ended the app, which no change of its files does. */
function isFromOutside({ signal }: Exit): boolean {
  return signal !== null && ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'].includes(signal);
}

function toHint({ code, signal }: Exit): string {
  if (signal === 'SIGKILL')
    return 'Another process has killed it, or the system has run out of memory.';
  if (code === 0) return 'Nothing was left for it to do: no server listens and no timer runs.';
  if (code === 13) return 'A top-level await was never settled.';
  return 'It has not said why; its last lines are in the terminal.';
}

import { execFile } from 'node:child_process';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Crash, Excerpt, Frame, Position, ShownError } from '../../asking/crash.ts';
import type { Exit } from '../process/child.ts';
import type { ReportedCause, ReportedError } from '../protocol.ts';
import { isOfPackage, toFile } from '../files.ts';

/** What is known of the run that has ended. */
interface CrashContext {
  /** The root of the project, absolute. */
  root: string;
  /** The files whose change led to this start, absolute. */
  changed: string[];
  /** Whether the app has sessions that outlast it. */
  keepsSessions: boolean;
}

/** A frame of the app's own code, with its position. */
type AppFrame = Frame & Position;

/** An error that the app has heard of itself belongs to its end only so long before it, in milliseconds. */
const STALE_AFTER = 10_000;

/** How long the search for a syntax error may take, in milliseconds: some 25 for each file. */
const CHECK_WITHIN = 2000;

/** Signals by which another process has ended the app, which no change of its files does. */
const FROM_OUTSIDE = /^SIG(KILL|TERM|INT|HUP|QUIT)$/;

/** What is code. Nothing else is shown: no `.env`, no key, no data. */
const SOURCE = /\.([cm]?[jt]sx?|vue|svelte)$/;

/** The largest file that is read, in bytes; lines on either side; the longest line, in characters. */
const MAX_FILE_BYTES = 1024 * 1024;
const AROUND = 5;
const MAX_LINE = 400;

/**
 * Describes how the app has ended, with what stands in its sources.
 *
 * @param reported the last error that the run has told of
 * @returns within about 3 seconds, and mostly at once; never rejects
 */
export async function describeCrash(
  reported: ReportedError | undefined,
  exit: Exit,
  { root, changed, keepsSessions }: CrashContext,
): Promise<Crash> {
  const isStale = reported?.isHandled && Date.now() - reported.at > STALE_AFTER;
  const error = isStale ? undefined : reported;
  const crash: Crash = {
    title: toTitle(exit),
    hint: error ? undefined : toHint(exit),
    error: error && toShown(error, root),
    causes: (error?.causes ?? []).map((cause) => toShown(cause, root)),
    changed: FROM_OUTSIDE.test(exit.signal ?? '') ? [] : changed.map(toPath).map(toPlain),
    keepsSessions,
  };
  if (!error || !crash.error) return crash;
  try {
    return await locate(crash, crash.error, error, changed, root);
  } catch {
    return crash; // what is known without the sources
  }
}

/** Whether a frame is of the app's own code. */
export function isOfApp(frame: Frame): frame is AppFrame {
  return frame.file !== undefined && frame.line !== undefined && !frame.isOfPackage;
}

async function locate(
  crash: Crash,
  error: ShownError,
  reported: ReportedError,
  changed: string[],
  root: string,
): Promise<Crash> {
  // The stack of an error of compiling begins in Node; that of JSON.parse, with it.
  const isOfCompiling = error.name === 'SyntaxError' && error.frames[0]?.path.startsWith('node:');
  const position =
    toWrittenPosition(reported.where) ??
    toTransformPosition(reported.message) ??
    (await findImport(reported.message)) ??
    (isOfCompiling ? await findSyntaxError(reported.message, changed, root) : undefined);
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

/** The place in what Node writes before an error: `/app/a.cjs:3`, the line, and `^^^` below it. */
function toWrittenPosition(text: string): Position | undefined {
  const [first = '', , ...below] = toPlain(text).split('\n');
  const [, name = '', line] = /^(.+):(\d+)$/.exec(first) ?? [];
  const file = toFile(name);
  if (file === undefined) return undefined;
  const marks = below.slice(0, 3).find((mark) => /^\s*\^+\s*$/.test(mark));
  const column = marks === undefined ? undefined : marks.indexOf('^') + 1;
  return { file, line: Number(line), column };
}

/** The place in a message of esbuild, which tsx runs: its columns are from 0. */
function toTransformPosition(message: string): Position | undefined {
  const [, name = '', line, column] = /^(.+):(\d+):(\d+): ERROR: /m.exec(toPlain(message)) ?? [];
  const file = toFile(name);
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) + 1 };
}

/** The place of the import of a module that is not there, or that its package does not export. */
async function findImport(message: string): Promise<Position | undefined> {
  const plain = toPlain(message);
  const [, esm] = /imported from (.+)$/m.exec(plain) ?? [];
  const [, commonjs] = /^Cannot find module [^\n]*\nRequire stack:\n- (.+)$/m.exec(plain) ?? [];
  const importer = toFile((esm ?? commonjs ?? '').replaceAll(/^'|'$/g, ''));
  if (importer === undefined) return undefined;
  const [, wanted = ''] =
    /^Cannot find (?:module|package) '(.+?)'/.exec(plain) ??
    /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]package\.json/.exec(plain) ??
    [];
  const target = toFile(wanted) ?? wanted;
  const isNamed = (specifier: string): boolean =>
    specifier === wanted ||
    (isAbsolute(target)
      ? specifier.startsWith('.') && resolve(dirname(importer), specifier) === target
      : specifier.startsWith(`${wanted}/`));
  const source = await readFile(importer, 'utf8').catch(() => '');
  for (const [index, line] of source.split('\n').entries()) {
    if (line.length > 1000 || wanted === '') continue;
    for (const { 2: specifier = '', index: column } of line.matchAll(/(['"`])([^'"`]+)\1/g)) {
      if (isNamed(specifier)) return { file: importer, line: index + 1, column: column + 1 };
    }
  }
  return { file: importer, line: 1 };
}

/**
 * Finds the place of a syntax error in an ES module that has changed: the error itself does not carry it, only
 * what Node prints does (https://github.com/nodejs/node/issues/45862). So `node --check` reads the file; it runs
 * nothing, and has none of the flags and variables of the app.
 */
async function findSyntaxError(
  message: string,
  changed: string[],
  root: string,
): Promise<Position | undefined> {
  const flags = ['--no-warnings', '--input-type=module', '--check', '-'];
  const signal = AbortSignal.timeout(CHECK_WITHIN);
  const options = { env: {}, signal, killSignal: 'SIGKILL', windowsHide: true } as const;
  for (const file of changed.filter((path) => /\.m?js$/.test(path) && !isOfPackage(path, root))) {
    const source = await readFile(file).catch(() => '');
    const printed = await new Promise<string>((done) => {
      const child = execFile(process.execPath, flags, options, (_, __, stderr) => done(stderr));
      child.stdin?.on('error', () => {}); // it has ended before it has read
      child.stdin?.end(source);
    });
    if (printed.includes(message)) return toWrittenPosition(printed.replace('[stdin]', () => file));
  }
  return undefined;
}

/**
 * Reads the source around a place: of a regular file of the project, that is code, not of a package,
 * and on whose path no name begins with a dot. Links count by where they lead.
 *
 * @returns `undefined` for any other file, and for one that cannot be read; never rejects
 */
async function readExcerpt(position: Position, root: string): Promise<Excerpt | undefined> {
  try {
    const file = await realpath(position.file);
    const fromRoot = relative(await realpath(root), file);
    const isHidden = fromRoot.split(sep).some((name) => name.startsWith('.')); // `..` is one of them
    if (isHidden || isAbsolute(fromRoot) || isOfPackage(file, root) || !SOURCE.test(file))
      return undefined;
    const stats = await lstat(file);
    if (!stats.isFile() || stats.size > MAX_FILE_BYTES) return undefined;
    return toExcerpt(await readFile(file, 'utf8'), position);
  } catch {
    return undefined;
  }
}

function toExcerpt(source: string, { file, line, column }: Position): Excerpt | undefined {
  const all = source.split(/\r?\n/);
  const marked = all[line - 1];
  if (marked === undefined) return undefined; // the file has changed since
  const first = Math.max(1, line - AROUND);
  const lines = all.slice(first - 1, line + AROUND).map((text, index) => ({
    number: first + index,
    text: toPlain(text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text),
    isMarked: first + index === line,
  }));
  const isInside = column && column <= Math.min(marked.length + 1, MAX_LINE);
  return { file, path: toPath(file), line, column: isInside ? column : undefined, lines };
}

function toShown({ name, message, code, stack }: ReportedCause, root: string): ShownError {
  return {
    name: toPlain(name),
    message: toPlain(message),
    code: code && toPlain(code),
    frames: toFrames(stack, root),
  };
}

/** The frames of a stack, top first. Lines that are none are left out. */
function toFrames(stack: string, root: string): Frame[] {
  return toPlain(stack)
    .split('\n')
    .flatMap((line) => {
      const [, text] = /^\s*at (.{1,1000})$/.exec(line) ?? [];
      return text === undefined ? [] : [toFrame(text.trim(), root)];
    });
}

function toFrame(text: string, root: string): Frame {
  const inBrackets = /^(.*) \(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(text);
  const name = inBrackets?.[1];
  const place = inBrackets?.[2] ?? text.replace(/^async /, '');
  const [, source = place, line, column] = /^(.*?):(\d+):(\d+)$/.exec(place) ?? [];
  const file = toFile(source);
  if (file === undefined || line === undefined) {
    const isOfNode = source.startsWith('node:') || !/[\\/]/.test(source);
    return { function: name, path: place, isOfNode, isOfPackage: !isOfNode };
  }
  const position = { file, line: Number(line), column: Number(column) };
  return { function: name, ...toFrameAt(position, root) };
}

function toFrameAt(position: Position, root: string): AppFrame {
  const { file } = position;
  return { ...position, path: toPath(file), isOfNode: false, isOfPackage: isOfPackage(file, root) };
}

/** A path as a person would name it, from where they are. */
function toPath(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere === '' || fromHere.startsWith('..') ? file : fromHere;
}

/**
 * Text without colours, other control characters, and the marks that turn the direction of what follows:
 * what is read must be what is there.
 */
function toPlain(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replaceAll('\r\n', '\n')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD')
  );
}

function toTitle({ code, signal }: Exit): string {
  if (signal) return `The app was ended by ${signal}`;
  return code === 0 ? 'The app has ended by itself' : `The app exited with code ${code}`;
}

function toHint({ code, signal }: Exit): string {
  if (signal === 'SIGKILL')
    return 'Another process has killed it, or the system has run out of memory.';
  if (code === 0) return 'Nothing was left for it to do: no server listens and no timer runs.';
  if (code === 13) return 'A top-level await was never settled.';
  return 'It has not said why; its last lines are in the terminal.';
}

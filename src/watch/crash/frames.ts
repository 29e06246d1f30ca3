import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Frame, Position } from '../../asking/crash.ts';
import { isOfPackage } from '../is-of-package.ts';
import { toFile } from '../loaded-files.ts';

/** A frame of the app's own code, with its position. */
export type AppFrame = Frame & Position;

/** Lines longer than this are no frames, in characters. */
const LONGEST_LINE = 1000;

/** The frames of a stack, top first. Lines that are none are left out. */
export function toFrames(stack: string, root: string): Frame[] {
  return toPlain(stack)
    .split('\n')
    .filter((line) => line.length <= LONGEST_LINE)
    .flatMap((line) => {
      const [, text] = /^\s*at (.+)$/.exec(line) ?? [];
      return text === undefined ? [] : [toFrame(text.trim(), root)];
    });
}

/** The frame of a place that stands in no stack. */
export function toFrameAt(position: Position, root: string): AppFrame {
  const { file } = position;
  return { ...position, path: toPath(file), isOfNode: false, isOfPackage: isOfPackage(file, root) };
}

/** Whether a frame is of the app's own code. */
export function isOfApp(frame: Frame): frame is AppFrame {
  return frame.file !== undefined && frame.line !== undefined && !frame.isOfPackage;
}

/** A path as a person would name it, from where they are. */
export function toPath(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere === '' || fromHere.startsWith('..') ? file : fromHere;
}

/**
 * Text without colours, other control characters, and the marks that turn the direction of what follows:
 * what is read must be what is there.
 */
export function toPlain(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replaceAll('\r\n', '\n')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD')
  );
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

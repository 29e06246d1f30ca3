import Module from 'node:module';
import { extname } from 'node:path';
import type { Compile } from '../../../loader/choose-method.ts';
import { toMark } from '../as-it-was.ts';
import { compileForHandOver, handOver } from './hand-over.ts';

type Extensions = Record<string, (module: object, filename: string) => void>;

/**
 * V8 12 keeps what it has compiled, by text and file name: Node finds it again by itself. Before that a
 * function has to be handed over.
 */
const V8_REMEMBERS = Number.parseInt(process.versions.v8, 10) >= 12;

/** Reads and compiles a CommonJS file as Node and tsx will, and runs nothing of it. */
export function compileAhead(filename: string): void {
  const mark = toMark(filename);
  const text = readText(filename);
  if (text === undefined) return;
  if (V8_REMEMBERS) compileForV8(text, filename);
  else compileForHandOver(text, filename, mark);
}

/**
 * From now on files that were compiled ahead are not compiled once more.
 *
 * @returns makes an end of it
 */
export const handOverCompiled: () => () => void = V8_REMEMBERS ? () => () => {} : handOver;

/** The text that Node would compile: what tsx makes of TypeScript, for example. */
function readText(filename: string): string | undefined {
  let found: string | undefined;
  const module = new Module(filename);
  const take = (text: string, _filename: string, format?: string): void => {
    if (format !== 'module') found = text;
  };
  Object.defineProperty(module, '_compile', { value: take });
  const { _extensions: extensions } = Module as unknown as { _extensions: Extensions };
  (extensions[extname(filename)] ?? extensions['.js'])?.(module, filename);
  return found;
}

const NODE_COMPILE = (Module.prototype as unknown as { _compile: Compile })._compile;

/**
 * Node compiles the text first and looks then whether there is a module to run it for: there is none, so
 * it throws. `test/watch/compile-ahead.process.test.ts` pins both. With another format it might evaluate it.
 */
function compileForV8(text: string, filename: string): void {
  try {
    NODE_COMPILE.call({} as never, text, filename, 'commonjs');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_INVALID_ARG_TYPE') throw error;
  }
}

import Module from 'node:module';
import { extname } from 'node:path';
import vm from 'node:vm';
import { chooseCompile, type Compile } from '../../../adopt/commonjs-hook.ts';

type Extensions = Record<string, (module: object, filename: string) => void>;

interface Compiled {
  text: string;
  /** What Node itself makes of the text: a function of the five names of CommonJS. */
  run: (this: unknown, ...names: unknown[]) => unknown;
}

/**
 * V8 12 keeps what it has compiled, by text and file name: Node finds it again by itself. Before that a
 * function has to be handed over.
 */
const V8_REMEMBERS = Number.parseInt(process.versions.v8, 10) >= 12;

const compiled = new Map<string, Compiled>();

/**
 * Reads and compiles a CommonJS file as Node and tsx will, and runs nothing of it. When the app comes to
 * the file, Node reads it as ever; if it has this text, it is compiled already.
 */
export function compileAhead(filename: string): void {
  const text = readText(filename);
  if (text === undefined) return;
  if (V8_REMEMBERS) compileForV8(text, filename);
  else if (!IMPORTS.test(text)) {
    const run = vm.compileFunction(text, NAMES, { filename }) as Compiled['run'];
    compiled.set(filename, { text, run });
  }
}

/** `import()` in a function that is compiled here makes Node 20 warn of it. */
const IMPORTS = /\bimport\s*\(/;
const NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * From now on files that were compiled ahead are not compiled once more, where Node cannot know it.
 *
 * @returns makes an end of it
 */
export function handOverCompiled(): () => void {
  if (compiled.size === 0) return () => {};
  const isAsEver = watchWrapper();
  chooseCompile((filename, compile) => {
    const known = compiled.get(filename);
    if (known === undefined || compile !== NODE_COMPILE || !isAsEver()) return undefined;
    return toHandOver(known, compile, filename);
  });
  return () => compiled.clear();
}

/** Tells whether modules are in the wrapper that Node gives them: an app may want another. */
function watchWrapper(): () => boolean {
  const machinery = Module as unknown as { wrap: unknown; wrapper: string[] };
  const { wrap, wrapper } = machinery;
  const [start, end] = wrapper;
  return () => machinery.wrap === wrap && wrapper[0] === start && wrapper[1] === end;
}

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
 * it throws. `test/watch/compile-ahead.test.ts` pins both. With another format it might evaluate it.
 */
function compileForV8(text: string, filename: string): void {
  try {
    NODE_COMPILE.call({} as never, text, filename, 'commonjs');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_INVALID_ARG_TYPE') throw error;
  }
}

/**
 * Stands for `_compile` of Node 20, in the stack too. Node's own function makes `require`, and registers
 * the source map, from a text that has nothing else in it.
 */
function toHandOver({ text, run }: Compiled, compile: Compile, file: string): Compile {
  const [map = ''] = [...text.matchAll(SOURCE_MAP)].at(-1) ?? [];
  const stub = `return require\n${map}`;
  return HAND_OVER(text, stub, run, compile, file.replace(/[\\/][^\\/]*$/, ''));
}

/** As Node looks for it: the last one counts. */
const SOURCE_MAP = /\/\/#\s+sourceMappingURL=\S+/g;

const HAND_OVER = vm.compileFunction(
  `return function _compile (content, filename, ...rest) {
     if (content !== text) return compile.call(this, content, filename, ...rest);
     return run.call(this.exports, this.exports, compile.call(this, stub, filename), this, filename, dirname);
   }`,
  ['text', 'stub', 'run', 'compile', 'dirname'],
  { filename: 'node:internal/modules/cjs/loader' },
) as (
  text: string,
  stub: string,
  run: Compiled['run'],
  compile: Compile,
  dirname: string,
) => Compile;

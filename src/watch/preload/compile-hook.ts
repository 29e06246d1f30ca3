import Module from 'node:module';

/** A CommonJS module, as far as Node keeps it the same on 20 to 24. */
export interface CommonJsModule {
  id: string;
  filename: string;
  exports: unknown;
  loaded: boolean;
  children: CommonJsModule[];
  parent: CommonJsModule | null | undefined;
}

type Compile = (
  this: CommonJsModule,
  content: string,
  filename: string,
  ...rest: unknown[]
) => unknown;

/** Goes around the evaluation of one CommonJS file; what it does not call is not evaluated. */
export type AroundEvaluation = (
  module: CommonJsModule,
  content: string,
  filename: string,
  evaluate: () => unknown,
) => unknown;

/** A wrapper around `_compile`. */
export interface CompileHook {
  /** Whether nobody has wrapped or replaced `_compile` since. */
  isOutermost(): boolean;
  /** Takes the wrapper out, or makes it do nothing when somebody has wrapped it. */
  stop(): void;
}

/**
 * Goes around the evaluation of every CommonJS file, however it is loaded: by `require`, by `import`,
 * through tsx.
 *
 * `Module.prototype._compile` is not documented; Node 20 to 24, pinned by
 * `test/watch/preload/record.test.ts`. Where it is missing, `undefined`: nothing is recorded then, and
 * so nothing is preloaded.
 */
export function hookCompile(around: AroundEvaluation): CompileHook | undefined {
  const prototype = Module.prototype as unknown as { _compile?: Compile };
  const compile = prototype._compile;
  if (typeof compile !== 'function') return undefined;
  let isStopped = false;
  const hooked: Compile = function _compile(content, filename, ...rest) {
    const evaluate = () => compile.call(this, content, filename, ...rest);
    return isStopped ? evaluate() : around(this, content, filename, evaluate);
  };
  prototype._compile = hooked;
  return {
    isOutermost: () => prototype._compile === hooked,
    stop() {
      isStopped = true;
      if (prototype._compile === hooked) prototype._compile = compile;
    },
  };
}

/** Whether a file is part of a package. */
export function isPackageFile(filename: string): boolean {
  return /[\\/]node_modules[\\/]/.test(filename);
}

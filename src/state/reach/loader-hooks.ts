import { fileURLToPath } from 'node:url';
import { makeLoadHook, toText, type Load, type Loaded } from '../../loader/load-hook.ts';
import { makeLoaderFunction } from '../../loader/node-frame.ts';
import type { KeptFiles } from './kept.ts';
import { isWrapped } from './parse.ts';

/** A `resolve` hook. */
export type Resolve = (
  specifier: string,
  context: { parentURL?: string | undefined },
  next: (specifier: string, context: object) => unknown,
) => unknown;

/**
 * A `load` hook that has modules show what is kept of them.
 *
 * @param isHere whether it runs in the thread of the app, where Node asks it for what is required, too
 * @param onCall hears of each call
 */
export function makeShowingHook(files: KeptFiles, isHere: boolean, onCall?: () => void): Load {
  return makeLoadHook((url) => {
    onCall?.();
    if (!url.startsWith('file:')) return undefined;
    const [path = ''] = url.split(/[?#]/, 1);
    const [file = ''] = fileURLToPath(path).split('?', 1);
    return files.has(file) ? (loaded) => show(loaded, file) : undefined;
  });

  function show(loaded: Loaded, file: string): Loaded {
    const text = toText(loaded.source);
    if (text === undefined || !isEvaluatedHere(loaded.format, text)) return loaded;
    const source = files.change({ text, file, format: loaded.format });
    return source === text ? loaded : { ...loaded, source };
  }

  /**
   * CommonJS is compiled by a method that is seen as well. Before Node 22.15 tsx gives the text of CommonJS
   * in TypeScript to an ES module that imports it, and Node evaluates that in another way.
   */
  function isEvaluatedHere(format: Loaded['format'], text: string): boolean {
    if (format === 'commonjs') return !isHere && isWrapped(text);
    return format === null || format === undefined || /^(module|.*typescript)$/.test(format);
  }
}

/**
 * A `resolve` hook that hears when the entry is resolved: what `--import` names has been evaluated by then.
 * Its answers are those of the next one.
 *
 * @param onEntry what it waits for; @default nothing
 */
export function makeResolveHook(onEntry: () => void | Promise<void>): Resolve {
  let isOver = false;
  const hear = ({ parentURL }: { parentURL?: string | undefined }): void | Promise<void> => {
    if (isOver || parentURL !== undefined) return undefined;
    isOver = true;
    return onEntry();
  };
  return makeLoaderFunction<Resolve>(
    `function resolve(specifier, context, next) {
  const heard = hear(context);
  return heard ? heard.then(() => next(specifier, context)) : next(specifier, context);
}`,
    { hear },
  );
}

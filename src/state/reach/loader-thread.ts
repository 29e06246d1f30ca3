import { fileURLToPath } from 'node:url';
import { makeLoadHook, toText, type Load, type Loaded } from '../../loader/load-hook.ts';
import { makeLoaderFunction } from '../../loader/node-frame.ts';
import { KeptFiles, type KeepHooks } from './kept.ts';
import { isWrapped } from './parse.ts';
import { register } from 'node:module';
import type { MessagePort } from 'node:worker_threads';
import { toOwnUrl } from '../../storage/own-files.ts';

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

/** The loader hooks of `hooks.ts`, in the thread where Node runs them before 22.15. */

/** What the thread is given. */
export interface ThreadData extends Omit<KeepHooks, 'say'> {
  /** Takes what there is to say. */
  port: MessagePort;
}

/** Shows modules, once it is known which. */
let show: Load = pass;

/** Whether `last-hook.ts` shows them. */
let isOver = false;

/** Node calls it with what `register` was given. */
export function initialize({ port, ...places }: ThreadData): void {
  const files = new KeptFiles({ ...places, say: (sentence) => port.postMessage(sentence) });
  show = makeShowingHook(files, false);
}

/** Shows modules until another hook does, that is called later. */
export const load: Load = (url, context, next) => (isOver ? pass : show)(url, context, next);

/** Has that one registered when the entry is there. */
export const resolve: Resolve = makeResolveHook(async () => {
  if (isOver) return;
  await (register(toOwnUrl('standalone/last-keep-thread.js')) as unknown); // a promise here
});

/** From now on the other hook shows modules. */
export function giveOver(): Load {
  isOver = true;
  return show;
}

function pass(...[url, context, next]: Parameters<Load>): ReturnType<Load> {
  return next(url, context);
}

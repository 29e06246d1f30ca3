/** The loader hooks of `hooks.ts`, in the thread where Node runs them before 22.15. */
import { register } from 'node:module';
import type { MessagePort } from 'node:worker_threads';
import { toOwnUrl } from '../../storage/own-files.ts';
import type { Load } from '../../loader/load-hook.ts';
import { KeptFiles, type KeepHooks } from './kept.ts';
import { makeResolveHook, makeShowingHook, type Resolve } from './loader-hooks.ts';

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

import { makeLoaderFunction } from './node-frame.ts';

/** What a `load` hook answers. */
export interface Loaded {
  format?: string | null | undefined;
  source?: unknown;
}

type Answer = Loaded | Promise<Loaded>;

/** A `load` hook: it answers at once where the next one does. */
export type Load = (
  url: string,
  context: object,
  next: (url: string, context: object) => Answer,
) => Answer;

/**
 * Makes a hook that changes what the next one answers. Errors of that have no frame of ours.
 *
 * @param choose what is done to the module of a URL; `undefined` leaves it as it is
 */
export function makeLoadHook(
  choose: (url: string) => ((loaded: Loaded) => Loaded) | undefined,
): Load {
  const change = (url: string, answer: Answer): Answer => {
    const changeOne = choose(url);
    if (!changeOne) return answer;
    return answer instanceof Promise ? answer.then(changeOne) : changeOne(answer);
  };
  return makeLoaderFunction<Load>(
    'function load(url, context, next) { return change(url, next(url, context)); }',
    { change },
  );
}

/** A source as a text; `undefined` where there is none. */
export function toText(source: unknown): string | undefined {
  if (typeof source === 'string') return source;
  const isBytes = ArrayBuffer.isView(source) || source instanceof ArrayBuffer;
  return isBytes ? new TextDecoder().decode(source as Uint8Array) : undefined;
}

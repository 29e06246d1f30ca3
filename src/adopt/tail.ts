/**
 * The loader hook of `module-hook.ts`. It runs in this thread, and in that of the loader hooks on a Node that
 * has no others.
 */
import { fileURLToPath } from 'node:url';
import { makeLoadHook, toText, type Load, type Loaded } from '../loader/load-hook.ts';

/** A file that defines something, and what is called behind its source. */
export interface Tail {
  /** As the path of the file ends. */
  file: RegExp;
  /** The binding that is shown. */
  exported: string;
  /** By which the one is known who looks at it. */
  key: string;
}

/** Where a module finds, by their keys, who looks at it: a Map. */
export const RECEIVERS = Symbol.for('holdover.modules.1');

/** A hook that adds the calls. */
export function withTails(tails: readonly Tail[]): Load {
  return makeLoadHook((url) => {
    const [path = ''] = url.split(/[?#]/, 1); // by a query a module is loaded anew
    const found = path.startsWith('file:') ? tails.filter(({ file }) => file.test(path)) : [];
    if (found.length === 0) return undefined;
    return (loaded) => addCalls(loaded, found, fileURLToPath(path));
  });
}

let hook: Load = (url, context, next) => next(url, context);

/** Node calls it in the thread, with what `register` was given. */
export function initialize(tails: readonly Tail[]): void {
  hook = withTails(tails);
}

/** The hook of the thread. */
export const load: Load = (url, context, next) => hook(url, context, next);

/**
 * CommonJS is left as it is: it is seen otherwise, and Node evaluates it in another way when it is given a
 * source. The call has a line of its own, since the last one may be a comment; Node finds a source map that is
 * named in it all the same.
 */
function addCalls(loaded: Loaded, tails: Tail[], file: string): Loaded {
  const text = loaded.format === 'module' ? toText(loaded.source) : undefined;
  if (text === undefined) return loaded;
  return { ...loaded, source: `${text}\n;${tails.map((tail) => toCall(tail, file)).join(' ')}` };
}

function toCall({ exported, key }: Tail, file: string): string {
  const receivers = `globalThis[Symbol.for('${RECEIVERS.description}')]`;
  const binding = `typeof ${exported} === 'undefined' ? undefined : ${exported}`;
  const call = `${receivers}?.get(${JSON.stringify(key)})?.(${binding}, ${JSON.stringify(file)})`;
  return `{ const instead = ${call}; if (instead) ${exported} = instead; }`;
}

/** Runs in a worker thread, and in the thread of its loader hooks on a Node that has no others. */
import Module, { register } from 'node:module';
import { toOwnUrl } from '../../../storage/own-files.ts';
import { makeLoaderFunction } from '../../../loader/node-frame.ts';
import { postMessage, toAppFile } from './threads.ts';

interface Resolved {
  url: string;
}

type Resolve = (
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Resolved | Promise<Resolved>,
) => Resolved | Promise<Resolved>;

interface Machinery {
  registerHooks?: (hooks: { resolve: Resolve }) => void;
}

/** Tells what the thread imports: Node's reports would come to the app. */
export function reportImports(): void {
  const { registerHooks } = Module as unknown as Machinery;
  if (registerHooks) registerHooks({ resolve });
  else register(toOwnUrl('standalone/imports-thread.js'));
}

/** A hook of Node. */
export const resolve = makeLoaderFunction<Resolve>(
  'function resolve(specifier, context, next) { return tell(next(specifier, context)); }',
  { tell },
);

function tell(answer: Resolved | Promise<Resolved>): Resolved | Promise<Resolved> {
  if (answer instanceof Promise) return answer.then(tell);
  const file = toAppFile(answer.url);
  if (file) postMessage({ holdover: 'loaded', names: [file] });
  return answer;
}

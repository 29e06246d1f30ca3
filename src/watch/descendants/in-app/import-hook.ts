import Module, { register } from 'node:module';
import { BroadcastChannel } from 'node:worker_threads';
import { makeLoaderFunction } from '../../../loader/node-frame.ts';
import { toOwnUrl } from '../../../storage/own-files.ts';
import { isOfPackage, toFile } from '../../files.ts';
import type { ChildMessage } from '../../protocol.ts';

/** Runs in a worker thread, and in the thread of its loader hooks on a Node that has no others. */

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

let channel: BroadcastChannel | undefined;

/** Opens the channel on which the threads of this process speak with its main thread. Keeps none alive. */
export function openThreads(): BroadcastChannel {
  const opened = new BroadcastChannel('holdover.threads');
  opened.unref();
  return opened;
}

/** Tells the main thread something, from another one. */
export function postMessage(message: ChildMessage): void {
  channel ??= openThreads();
  channel.postMessage(message);
}

const told = new Set<string>();

/**
 * The file of the app that a module is, absolute.
 *
 * @returns `undefined` where it is of a package or of Node, or was asked for before
 */
export function toAppFile(name: string): string | undefined {
  const file = toFile(name);
  if (file === undefined || told.has(file) || isOfPackage(file, process.cwd())) return undefined;
  told.add(file);
  return file;
}

import { BroadcastChannel } from 'node:worker_threads';
import { isOfPackage } from '../../is-of-package.ts';
import { toFile } from '../../loaded-files.ts';
import type { ChildMessage } from '../../protocol.ts';

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

import { join } from 'node:path';
import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import { displayRedis } from '../storage/redis/open.ts';

/** Whose sessions are looked after. */
export interface CareOptions extends Options {
  /**
   * The folder of the project, or one below it.
   * @default that of the file that is run
   */
  root?: string | undefined;
  /**
   * Only sessions of these namespaces.
   * @default all that the project has
   */
  namespaces?: string[] | undefined;
}

/**
 * Answers what the options leave open.
 *
 * @throws Error or TypeError, in one sentence, for a value that cannot be used
 */
export function resolveProject({ root, ...options }: CareOptions): ResolvedOptions {
  return root === undefined
    ? resolveOptions(options)
    : resolveOptions(options, { entry: join(root, 'package.json') });
}

/** Where the sessions are, for people. */
export function displayPlace({ type, displayDirectory, redis }: ResolvedOptions): string {
  if (type === 'memory') return 'memory';
  return type === 'redis' ? displayRedis(redis) : displayDirectory;
}

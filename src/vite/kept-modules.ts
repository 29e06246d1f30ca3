import { basename } from 'node:path';
import type { Plugin } from 'vite';
import { toRealPath } from '../options/project.ts';
import type { SessionHost } from './session-host.ts';

/**
 * Keeps what is named of the server code that Vite evaluates, over reloads as well as restarts.
 *
 * @returns a hook behind those of all others; undefined where nothing is named, and then nothing is loaded
 */
export async function keepModules(
  { root, options }: SessionHost,
  say: (sentence: string) => void,
): Promise<Plugin['transform']> {
  const { keep } = options;
  if (keep.length === 0) return undefined;
  const { startKeeping } = await import('../state/start.ts');
  const { makeViteTransform } = await import('../state/reach/for-vite.ts');
  startKeeping({ root: options.root, entry: toRealPath(root), storage: options, keep });
  const transform = makeViteTransform({ root: options.root, keep, say });
  return {
    order: 'post',
    filter: { id: { include: keep.map(({ file }) => toPattern(file)) } },
    handler: (code, id, how) => (how?.ssr === true && transform(code, id)) || null,
  };
}

/** As the ids of modules end: with a query, or without. */
function toPattern(file: string): RegExp {
  const name = basename(file).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`/${name}(?:[?#]|$)`);
}

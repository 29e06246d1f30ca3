import { normalize } from 'node:path';
import { Changes } from './change.ts';
import { sayMissing, toKept, type KeepHooks } from './kept.ts';

/** What a `transform` hook of Vite answers: no code has moved. */
export interface ViteAnswer {
  code: string;
  map: null;
}

/**
 * Makes what a `transform` hook of a Vite plugin calls for modules of the server, behind all other hooks
 * (`order: 'post'`): the modules that are kept show what is kept of them each time that they are evaluated,
 * and the app's own ones their classes.
 *
 * @returns what the hook answers; `null` for a module that stays as it is
 */
export function makeViteTransform({
  root,
  keep,
  say,
}: KeepHooks): (code: string, id: string) => ViteAnswer | null {
  if (keep.length === 0) return () => null;
  const changes = new Changes({ root, kept: toKept(keep, root) }, say);
  sayMissing({ root, keep, say });
  return (text, id) => {
    const [path = ''] = id.split('?', 1);
    const file = normalize(path);
    if (id.startsWith('\0') || !changes.concerns(file)) return null;
    const code = changes.change({ text, file, format: 'module' });
    return code === text ? null : { code, map: null };
  };
}

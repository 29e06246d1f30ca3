import { normalize } from 'node:path';
import { KeptFiles, sayMissing, type KeepHooks } from './kept.ts';

/** What a `transform` hook of Vite answers: no code has moved. */
export interface ViteAnswer {
  code: string;
  map: null;
}

/**
 * Makes what a `transform` hook of a Vite plugin calls for modules of the server, behind all other hooks
 * (`order: 'post'`): the modules that are kept show what is kept of them each time that they are evaluated.
 *
 * @returns what the hook answers; `null` for a module that stays as it is
 */
export function makeViteTransform(
  options: KeepHooks,
): (code: string, id: string) => ViteAnswer | null {
  const files = new KeptFiles(options);
  sayMissing(options);
  return (text, id) => {
    const [path = ''] = id.split('?', 1);
    if (id.startsWith('\0')) return null;
    const code = files.change({ text, file: normalize(path), format: 'module' });
    return code === text ? null : { code, map: null };
  };
}

import { toRealPath } from '../options/project.ts';
import type { makeViteTransform } from '../state/reach/for-vite.ts';
import type { SessionHost } from './session-host.ts';

type Transform = ReturnType<typeof makeViteTransform>;

/** What is kept of server code that Vite evaluates, over reloads as well as restarts. */
export class KeptModules {
  #transform: Transform | undefined;

  /** Nothing of it is loaded where nothing is named. */
  async start({ root, options }: SessionHost, say: (sentence: string) => void): Promise<void> {
    const { keep } = options;
    this.#transform = undefined;
    if (keep.length === 0) return;
    const { startKeeping } = await import('../state/start.ts');
    const { makeViteTransform } = await import('../state/reach/for-vite.ts');
    startKeeping({ root: options.root, entry: toRealPath(root), storage: options, keep });
    this.#transform = makeViteTransform({ root: options.root, keep, say });
  }

  /** For a `transform` hook, behind those of all others. */
  transform(code: string, id: string, isServer: boolean): ReturnType<Transform> | null {
    return (isServer && this.#transform?.(code, id)) || null;
  }
}

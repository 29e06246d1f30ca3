import { resolveLeftAlone, resolveOptions } from '../../options.ts';
import { toRealPath } from '../../options/project.ts';
import { resolveTested } from '../../options/environment.ts';
import { isKeeping, openState, startKeeping } from '../start.ts';
import type { PreservedState } from './state.ts';

/** The state of this process; undefined in production and in tests. */
export function openPreservedState(): PreservedState | undefined {
  const circumstances = { onFault: () => {} }; // what cannot be used is for others to say
  const storage = resolveOptions({}, circumstances);
  const isLeftAlone = resolveTested() || resolveLeftAlone(circumstances) !== undefined;
  if (isLeftAlone || storage.isProduction) return undefined;
  const { root, keep } = storage;
  const [, entry = root] = process.argv;
  if (!isKeeping()) startKeeping({ root, entry: toRealPath(entry), storage, keep });
  return openState();
}

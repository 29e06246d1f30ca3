import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import { Sessions } from '../session/sessions.ts';
import { openStorage } from '../storage/open.ts';
import { openChronicle } from '../history/chronicle.ts';
import { storeOpened } from './held-over/opened.ts';

/**
 * Opens sessions and tells whoever reports on them.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function openSessions(options?: Options): Sessions {
  return openResolved(resolveOptions(options));
}

/**
 * As `openSessions`, with every option resolved.
 *
 * @throws Error, in one sentence, for a directory that cannot be used
 */
export function openResolved(resolved: ResolvedOptions): Sessions {
  const storage = openStorage(resolved);
  const listener = openChronicle(resolved)?.listenTo(storage, resolved.namespace);
  const sessions = new Sessions(storage, resolved.lifetime, listener);
  storeOpened(resolved);
  return sessions;
}

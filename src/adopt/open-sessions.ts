import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import { Sessions } from '../session/sessions.ts';
import { openKeyv } from '../storage/keyv/open.ts';
import { openStorage } from '../storage/open.ts';
import { openHistoryWriter } from '../history/writer.ts';
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
  const { keyv, root, namespace, lifetime } = resolved;
  const storage = keyv ? openKeyv(keyv, root, namespace) : openStorage(resolved);
  const isNoted = !resolved.isProduction && resolved.type !== 'memory';
  const listener = isNoted ? openHistoryWriter(resolved).listenTo(storage, namespace) : undefined;
  const sessions = new Sessions(storage, lifetime, listener);
  if (!keyv) storeOpened(resolved);
  return sessions;
}

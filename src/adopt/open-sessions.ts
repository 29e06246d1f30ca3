import { resolveOptions, type Options, type ResolvedOptions } from '../options.ts';
import { Sessions } from '../session/sessions.ts';
import type { SessionListener } from '../session/listener.ts';
import type { SessionStorage } from '../session/storage.ts';
import { openKeyv } from '../storage/keyv/open.ts';
import { openStorage } from '../storage/open.ts';
import { openChronicle } from '../history/chronicle.ts';
import { storeOpened } from './held-over/opened.ts';

/**
 * Opens sessions and tells whoever reports on them.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function openSessions(options: Options = {}): Sessions {
  const resolved = resolveOptions(options);
  if (!options.keyv) return openResolved(resolved);
  const storage = openKeyv(options.keyv, resolved.root, resolved.namespace);
  return new Sessions(storage, resolved.lifetime, listenTo(storage, resolved));
}

/**
 * As `openSessions`, with every option resolved.
 *
 * @throws Error, in one sentence, for a directory that cannot be used
 */
export function openResolved(resolved: ResolvedOptions): Sessions {
  const storage = openStorage(resolved);
  const sessions = new Sessions(storage, resolved.lifetime, listenTo(storage, resolved));
  storeOpened(resolved);
  return sessions;
}

function listenTo(storage: SessionStorage, resolved: ResolvedOptions): SessionListener | undefined {
  return openChronicle(resolved)?.listenTo(storage, resolved.namespace);
}

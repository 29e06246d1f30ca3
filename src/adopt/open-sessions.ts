import {
  resolveOptions,
  toNamespaceBelow,
  type Options,
  type ResolvedOptions,
} from '../options.ts';
import { refuseInOneLine } from '../options/misconfiguration.ts';
import { NO_END } from '../session/expiry/lifetime.ts';
import { holdsSessions } from '../session/logins.ts';
import { Sessions } from '../session/sessions.ts';
import { openKeyv } from '../storage/keyv/open.ts';
import { openStorage } from '../storage/open.ts';
import { openHistoryWriter } from '../history/writer.ts';
import { storeOpened } from './held-over/opened.ts';
import { nameSessions } from './signed-cookies.ts';

/**
 * Opens sessions and tells whoever reports on sessions.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function openSessions(options?: Options): Sessions {
  return refuseInOneLine(() => openResolved(resolveOptions(options)));
}

/**
 * Opens what a framework keeps under keys of its own and that need not be logins. Where the options do not
 * say otherwise it lies in a namespace with this name, below that of the project, and has no end. Nothing
 * of it is noted for `holdover why`.
 *
 * @throws Error, in one sentence, for an option or a directory that cannot be used
 */
export function openRecords(name: string, options: Options = {}): Sessions {
  return refuseInOneLine(() => {
    const resolved = resolveOptions({ ...options, lifetime: options.lifetime ?? NO_END });
    const namespace = options.namespace ?? toNamespaceBelow(resolved, name);
    return openResolved({ ...resolved, namespace }, false);
  });
}

/**
 * As `openSessions`, with every option resolved.
 *
 * @param isExplained whether somebody may ask why one is gone
 * @throws Error, in one sentence, for a directory that cannot be used
 */
export function openResolved(resolved: ResolvedOptions, isExplained = true): Sessions {
  const { keyv, root, namespace, lifetime } = resolved;
  const storage = keyv ? openKeyv(keyv, root, namespace) : openStorage(resolved);
  const areTold = holdsSessions(namespace);
  const isNoted = isExplained && areTold && !resolved.isProduction && resolved.type !== 'memory';
  const listener = isNoted ? openHistoryWriter(resolved).listenTo(storage, namespace) : undefined;
  const sessions = new Sessions(storage, lifetime, listener);
  nameSessions(sessions, namespace);
  if (!keyv && areTold) storeOpened(resolved);
  return sessions;
}

import { findProjectRoot } from '../options/project.ts';
import { requirePeer } from '../storage/peer.ts';

/**
 * Loads a framework, the app's own copy first.
 *
 * @throws Error, in one sentence that says what to install, when there is none
 */
export function requireFramework(name: string): unknown {
  return requirePeer(name, findProjectRoot(process.argv[1]));
}

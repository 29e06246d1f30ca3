import type { ResolvedConfig } from 'vite';
import { readInstalledVersion } from '../options/manifest.ts';
import { findVersionFault } from '../storage/peer.ts';

/**
 * Looks whether the plugin runs in a Vite that it works with. Older ones do not tell a plugin their version:
 * it is seen by the environments that they do not have, and read for the message only.
 *
 * @throws Error, in one sentence, when it does not
 */
export function checkVite(config: Partial<ResolvedConfig>): void {
  if (config.environments) return;
  const version = readInstalledVersion(config.root ?? '.', 'vite') ?? OLD;
  const fault = findVersionFault('vite', version) ?? findVersionFault('vite', OLD);
  throw new Error(`${fault?.found} ${fault?.advice}`);
}

const OLD = '5 or older';

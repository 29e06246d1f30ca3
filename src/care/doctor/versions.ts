import { satisfies } from 'compare-versions';
import { readInstalledVersion, readOwnManifest } from '../../options/manifest.ts';
import { findVersionFault } from '../../storage/peer.ts';
import { broken, doubtful, good, type Check } from './check.ts';
import { hasPlugin } from './framework.ts';

/** Whether holdover runs on this Node. */
export function checkNode(): Check {
  const { node } = process.versions;
  const range = readOwnManifest().engines.node;
  return satisfies(node, range)
    ? good('node', node)
    : broken('node', `${node}, and holdover needs ${range}.`, `Install node ${range}.`);
}

/** Node, and the packages that holdover works with, where the project has them and they may matter. */
export function checkVersions(root: string): Check[] {
  return [
    checkNode(),
    ...(hasPlugin(root) ? checkVersion(root, 'vite', broken) : []),
    // Nobody knows here whether the entry is TypeScript, or sessions are kept in a Keyv.
    ...checkVersion(root, 'tsx', doubtful),
    ...checkVersion(root, 'keyv', doubtful),
  ];
}

function checkVersion(root: string, name: string, faulty: typeof broken): Check[] {
  const version = readInstalledVersion(root, name);
  if (version === undefined) return [];
  const fault = findVersionFault(name, version);
  return [fault ? faulty(name, fault.found, fault.advice) : good(name, version)];
}

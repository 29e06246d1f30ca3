import { satisfies } from 'compare-versions';
import { readDependencies, readInstalledVersion, readOwnManifest } from '../../options/manifest.ts';
import { findVersionFault } from '../../storage/peer.ts';
import { broken, doubtful, good, type Check } from './check.ts';
import { readViteConfig } from '../vite-config.ts';

/** Whether holdover runs on this Node. */
export function checkNode(): Check {
  const { node } = process.versions;
  const range = readOwnManifest().engines.node;
  return satisfies(node, range)
    ? good('node', node)
    : broken('node', `${node}, and holdover needs ${range}.`, `Install node ${range}.`);
}

/**
 * Checks Node, and the versions of the packages that the project itself uses with holdover: Vite where the plugin is
 * in its configuration, tsx where package.json names it. Another package may have brought any other version.
 */
export function checkVersions(root: string): Check[] {
  return [
    checkNode(),
    ...(readViteConfig(root)?.hasPlugin ? checkVersion(root, 'vite', broken) : []),
    // An app in JavaScript does without tsx.
    ...(readDependencies(root).includes('tsx') ? checkVersion(root, 'tsx', doubtful) : []),
  ];
}

function checkVersion(root: string, name: string, faulty: typeof broken): Check[] {
  const version = readInstalledVersion(root, name);
  if (version === undefined) return [];
  const fault = findVersionFault(name, version);
  return [fault ? faulty(name, fault.found, fault.advice) : good(name, version)];
}

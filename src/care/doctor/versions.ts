import satisfies from 'semver/functions/satisfies.js';
import { readInstalledVersion, readOwnManifest } from '../../options/manifest.ts';
import { broken, good, type Check } from './check.ts';

/** Whether holdover runs on this Node. */
export function checkNode(): Check {
  return checkVersion('node', process.versions.node, readOwnManifest().engines.node);
}

/** Node, and the packages that holdover works with, where the project has them. */
export function checkVersions(root: string): Check[] {
  const { peerDependencies: peers } = readOwnManifest();
  const found: [string, string | undefined, string][] = [
    ['vite', readInstalledVersion(root, 'vite'), peers.vite ?? '*'],
    ['tsx', readInstalledVersion(root, 'tsx'), peers.tsx ?? '*'],
    ['keyv', readInstalledVersion(root, 'keyv'), peers.keyv ?? '*'],
  ];
  const packages = found.flatMap(([name, version, range]) =>
    version === undefined ? [] : [checkVersion(name, version, range)],
  );
  return [checkNode(), ...packages];
}

/** @param range as npm writes it */
function checkVersion(name: string, version: string, range: string): Check {
  return satisfies(version, range, { includePrerelease: true })
    ? good(name, version)
    : broken(name, `${version}, and holdover needs ${range}.`, `Install ${name} ${range}.`);
}

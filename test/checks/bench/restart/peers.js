import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** They are too heavy to be packages of the project, and have a package.json of their own. */
const FOLDER = join(import.meta.dirname, '..', 'peers');
const IS_WINDOWS = process.platform === 'win32';

/** Where the command of a peer is, once it is installed. */
export function toPeerCommand(name) {
  return join(FOLDER, 'node_modules', '.bin', IS_WINDOWS ? `${name}.cmd` : name);
}

/**
 * Installs the peers where they are missing; what cannot be had has no version then. Not with `npm ci`,
 * which refuses a lockfile without the packages of every platform, and npm writes such lockfiles
 * (https://github.com/npm/cli/issues/4828).
 */
export function installPeers(names) {
  if (names.every((name) => existsSync(toPeerCommand(name)))) return;
  console.log(`Installing ${names.join(', ')} in test/checks/bench/peers …`);
  const words = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const options = { cwd: FOLDER, encoding: 'utf8', shell: IS_WINDOWS };
  const { status, stderr, error } = spawnSync('npm', words, options);
  if (status !== 0) console.log(error?.message ?? stderr.split('\n').slice(0, 3).join('\n'));
}

/** @returns the version of a peer, `undefined` where it does not run */
export function readPeerVersion(name) {
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], shell: IS_WINDOWS };
    return execFileSync(toPeerCommand(name), ['--version'], options).trim().split('\n')[0];
  } catch {
    return undefined;
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** They are too heavy to be packages of the project, and have a package.json of their own. */
const FOLDER = join(import.meta.dirname, '..', 'peers');
const IS_WINDOWS = process.platform === 'win32';

/** Where the command of a peer is, once it is installed. */
export function toPeerCommand(name) {
  return join(FOLDER, 'node_modules', '.bin', IS_WINDOWS ? `${name}.cmd` : name);
}

/** Installs the peers where they are missing. What cannot be had is found by `checkPeer`. */
export function installPeers() {
  if (existsSync(join(FOLDER, 'node_modules'))) return;
  console.log('Installing bun, deno and nub in test/bench/peers …');
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: IS_WINDOWS,
    });
  } catch (error) {
    console.log(`npm ci in test/bench/peers: ${error.message}`);
  }
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

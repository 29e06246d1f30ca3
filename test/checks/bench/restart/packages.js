import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/**
 * Fills a `node_modules` as npm would have done it for a user: holdover as it is published, and the
 * packages of the app with all that they need, in the versions and places that npm has chosen for this
 * repository. No link leads back here: what lies outside every `node_modules` is watched as if it were
 * the app's, and Node remembers packages behind links by other paths.
 *
 * @param {string[]} names what the app depends on
 */
export function installPackages(modules, names) {
  const holdover = join(modules, 'holdover');
  mkdirSync(holdover, { recursive: true });
  packHoldover(holdover);
  for (const name of findNeeded([...names, ...Object.keys(readManifest(holdover).dependencies)])) {
    cpSync(join(ROOT, 'node_modules', name), join(modules, name), { recursive: true });
  }
}

/** Gives an app files of its own that take no room: hard links. */
export function linkFiles(from, to) {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else linkSync(source, target);
  }
}

function packHoldover(folder) {
  if (!existsSync(join(ROOT, 'dist', 'cli.js'))) throw new Error('Build holdover first.');
  const words = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const options = { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' };
  const tarball = execFileSync('npm', words, options).trim();
  execFileSync('tar', ['-xzf', tarball, '--strip-components', '1'], { cwd: folder });
  rmSync(join(folder, tarball));
}

/** @returns the packages at the top of this repository's `node_modules`; others lie within them */
function findNeeded(names) {
  const needed = new Set();
  const look = (name, places) => {
    const place = places.findLast((folder) => existsSync(join(folder, 'node_modules', name)));
    if (place === undefined) return; // optional, and not for this system
    const folder = join(place, 'node_modules', name);
    if (place === ROOT) {
      if (needed.has(name)) return;
      needed.add(name);
    }
    const { dependencies, optionalDependencies } = readManifest(folder);
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
      look(next, place === ROOT ? [ROOT, folder] : [...places, folder]);
    }
  };
  for (const name of names) look(name, [ROOT]);
  return needed;
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

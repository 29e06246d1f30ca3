import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The versions of a package that work with holdover, as `major.minor`. */
interface Supported {
  from: string;
  /** The first that is known not to work. */
  before?: string;
}

/** A sentence of what is wrong, and one of what to do. */
export interface VersionFault {
  found: string;
  advice: string;
}

/**
 * The versions of the packages that holdover works with. npm may install any: which one there is
 * matters where it is used, and is looked at there. A package that is not named here has worked in every
 * version that was tried.
 */
const SUPPORTED: Record<string, Supported> = {
  '@keyv/redis': { from: '5.0' }, // whose clients can be ended at once
  keyv: { from: '5.0', before: '6.0' },
  tsx: { from: '3.14' }, // which `node --import` can load
  vite: { from: '6.0' }, // which has environments
};

/**
 * Loads an optional peer, the project's own copy first.
 *
 * @param root the root of the project
 * @throws Error that says what to install, when there is none or its version does not work
 */
export function requirePeer(name: string, root: string): unknown {
  for (const base of [join(root, 'package.json'), import.meta.url]) {
    const require = createRequire(base);
    let filename: string;
    try {
      filename = require.resolve(name);
    } catch {
      continue; // not from here
    }
    checkPeer(name, filename);
    return require(filename);
  }
  throw new Error(`${name} is not installed. Install it with: npm install ${name}`);
}

/**
 * Looks whether the version of a peer works.
 *
 * @param file a file of it
 * @throws Error that says what to install, when it does not
 */
export function checkPeer(name: string, file: string): void {
  const version = name in SUPPORTED ? readVersion(dirname(file)) : undefined;
  const fault = version === undefined ? undefined : findVersionFault(name, version);
  if (fault) throw new Error(`${fault.found} ${fault.advice}`);
}

/** What is wrong with a version of a peer, and what to do; `undefined` for one that works. */
export function findVersionFault(name: string, version: string): VersionFault | undefined {
  const { from, before } = SUPPORTED[name] ?? { from: '0.0' };
  const wanted = before === undefined ? 'latest' : Number.parseInt(from, 10);
  const advice = `Install it with: npm install ${name}@${wanted}`;
  if (compare(version, from) < 0) {
    const found = `${name} ${version} is too old for holdover, which needs ${from} or newer.`;
    return { found, advice };
  }
  if (before === undefined || compare(version, before) < 0) return undefined;
  const found = `${name} ${version} is too new for holdover, which needs one before ${before}.`;
  return { found, advice };
}

/** By major and minor version. */
function compare(version: string, other: string): number {
  const [major = 0, minor = 0] = toNumbers(version);
  const [otherMajor = 0, otherMinor = 0] = toNumbers(other);
  return major - otherMajor || minor - otherMinor;
}

function toNumbers(version: string): number[] {
  return version.split('.', 2).map((part) => Number.parseInt(part, 10));
}

/** The version of the package that a folder belongs to; `undefined` where none is said. */
function readVersion(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { version?: unknown };
    if (typeof version === 'string') return version;
  } catch {
    // it has none of its own: the next one up may be that of the package
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : readVersion(parent);
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The packages that a project names as its own. */
export function readDependencies(root: string): string[] {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = read(
    join(root, 'package.json'),
  ) as Record<string, object | undefined>;
  const all = [dependencies, devDependencies, peerDependencies, optionalDependencies];
  return [...new Set(all.flatMap((names) => Object.keys(names ?? {})))];
}

/** The version of a package as a project gets it; `undefined` when it is not installed. */
export function readInstalledVersion(root: string, name: string): string | undefined {
  // Not `resolve`: a package may export neither its package.json nor anything to `require`.
  const { paths } = createRequire(join(root, 'package.json')).resolve;
  for (const folder of paths(name) ?? []) {
    const { version } = read(join(folder, name, 'package.json')) as { version?: unknown };
    if (typeof version === 'string') return version;
  }
  return undefined;
}

/** What holdover itself works with: Node, and its peers. */
export function readOwnRanges(): { node: string; peers: Record<string, string> } {
  const { engines, peerDependencies } = read(new URL('../../package.json', import.meta.url)) as {
    engines: { node: string };
    peerDependencies: Record<string, string>;
  };
  return { node: engines.node, peers: peerDependencies };
}

/** The version of a package that holdover itself is installed with. */
export function readOwnVersion(name: string): string | undefined {
  const { paths } = createRequire(import.meta.url).resolve;
  for (const folder of paths(name) ?? []) {
    const { version } = read(join(folder, name, 'package.json')) as { version?: unknown };
    if (typeof version === 'string') return version;
  }
  return undefined;
}

function read(path: string | URL): object {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch {
    return {}; // none, or one that is being edited
  }
}

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toOwnUrl } from '../storage/own-files.ts';
import { findNearest } from './nearest.ts';
import { findFolder } from './plug-n-play.ts';
import { readPackage, toDisplay } from './project.ts';
import { OPTIONS } from './table.ts';
import { isObject } from './values.ts';

/**
 * What stands under `"holdover"` in a project's package.json, unchecked but for the names.
 *
 * @param onFault hears of what is not known, which is passed over; @default that throws
 */
export function readManifest(
  root: string,
  onFault?: (error: Error) => void,
): Record<string, unknown> {
  const { holdover } = readPackage(root) as { holdover?: unknown };
  if (holdover === undefined) return {};
  const where = `"holdover" in ${toDisplay(join(root, 'package.json'))}`;
  const fault = isObject(holdover)
    ? findUnknownOption(where, holdover)
    : `${where} is no object. Write it as { "lifetime": "7d" }.`;
  if (fault !== undefined) {
    if (!onFault) throw new Error(fault);
    onFault(new Error(fault));
  }
  return isObject(holdover) ? holdover : {};
}

/**
 * Returns one sentence about the first option that does not exist, or undefined if all do.
 *
 * @param isCode whether they stand in code, which has some that package.json has not
 */
export function findUnknownOption(
  where: string,
  options: object,
  isCode = false,
): string | undefined {
  const known = OPTIONS.flatMap(({ name, only }): string[] =>
    only === undefined || (isCode && only === 'code') ? [name] : [],
  );
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const near = findNearest(unknown, known);
  const found = `${where} has ${JSON.stringify(unknown)}, which is not known`;
  return near === undefined
    ? `${found}. It may have: ${known.join(', ')}.`
    : `${found} (did you mean "${near}"?).`;
}

/** The packages that a project names as its own. */
export function readDependencies(root: string): string[] {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = readPackage(
    root,
  ) as Record<string, object | undefined>;
  const all = [dependencies, devDependencies, peerDependencies, optionalDependencies];
  return [...new Set(all.flatMap((names) => Object.keys(names ?? {})))];
}

/** The version of a package as a project gets it; `undefined` when it is not installed. */
export function readInstalledVersion(root: string, name: string): string | undefined {
  // Not `resolve`: a package may export neither its package.json nor anything to `require`.
  const { paths } = createRequire(join(root, 'package.json')).resolve;
  const folders = (paths(name) ?? []).map((folder) => join(folder, name));
  for (const folder of [findFolder(root, name) ?? [], ...folders].flat()) {
    const { version } = readPackage(folder) as { version?: unknown };
    if (typeof version === 'string') return version;
  }
  return undefined;
}

/** What holdover says of itself, and of the Node that it works with. */
export function readOwnManifest(): { version: string; engines: { node: string } } {
  return readPackage(fileURLToPath(toOwnUrl('..'))) as ReturnType<typeof readOwnManifest>;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the licenses of the packages that some modules are part of, as they ask for. */
export function collectLicenses(root, modules) {
  const names = modules.map((path) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const unique = [...new Set(names.filter((name) => name !== undefined))].sort();
  return unique
    .map((name) => `${name}\n\n${readLicense(join(root, 'node_modules', name))}\n`)
    .join('\n');
}

function readLicense(folder) {
  const file = readdirSync(folder).find((name) => /^licen[sc]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} is bundled and has no license.`);
  return readFileSync(join(folder, file), 'utf8').trim();
}

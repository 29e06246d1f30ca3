import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../environment.js';
import { enlargeApp } from './large-app.js';
import { linkFiles } from './packages.js';

const APP = fileURLToPath(new URL('realistic-ts', import.meta.url));

/** The packages that the app names. */
export function readAppPackages() {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(APP, 'package.json'), 'utf8'),
  );
  return Object.keys({ ...dependencies, ...devDependencies });
}

/**
 * Makes an app in a folder of its own.
 *
 * @param {{ type: 'module' | 'commonjs', size: 44 | 300, modules: string }} options what its package.json
 *   says, how many files it has, and where its packages are
 */
export async function createApp(folder, { type, size, modules }) {
  cpSync(APP, folder, { recursive: true });
  if (size === 300) enlargeApp(folder);
  const packageFile = join(folder, 'package.json');
  const { type: _, ...description } = JSON.parse(readFileSync(packageFile, 'utf8'));
  if (type === 'module') description.type = type; // CommonJS is what it is without
  writeFileSync(packageFile, JSON.stringify(description, undefined, 2));
  linkFiles(modules, join(folder, 'node_modules'));
  const port = await findFreePort();
  return {
    folder,
    port,
    url: `http://127.0.0.1:${port}`,
    /** The version that was saved last; the app comes with 1. */
    version: 1,
    /** Saves a version of its own, which `GET /version` will answer. */
    save() {
      const number = ++this.version;
      const text = `/** What \`GET /version\` answers. */\nexport const version: string = '${number}';\n`;
      writeFileSync(join(folder, 'src', 'version.ts'), text);
      return number;
    },
  };
}

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from './environment.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const APP = join(ROOT, 'test', 'fixtures', 'apps', 'realistic-ts');

/**
 * Copies the app into a folder of its own, with the packages that it names.
 *
 * @param {'module' | 'commonjs'} type what its package.json says
 */
export async function copyRealisticApp(folder, type) {
  cpSync(APP, folder, { recursive: true });
  const packageFile = join(folder, 'package.json');
  const { type: _, ...description } = JSON.parse(readFileSync(packageFile, 'utf8'));
  if (type === 'module') description.type = type; // CommonJS is what it is without
  writeFileSync(packageFile, JSON.stringify(description, undefined, 2));
  linkPackages(join(folder, 'node_modules'), description);
  const port = await findFreePort();
  return {
    folder,
    port,
    url: `http://127.0.0.1:${port}`,
    /** How many versions there have been. */
    saves: 0,
    save(version) {
      const text = `/** What \`GET /version\` answers. */\nexport const version: string = '${version}';\n`;
      writeFileSync(join(folder, 'src', 'version.ts'), text);
    },
  };
}

/** As npm would have installed them: holdover among the packages of the app. */
function linkPackages(modules, { dependencies, devDependencies }) {
  mkdirSync(modules);
  symlinkSync(ROOT, join(modules, 'holdover'), 'junction');
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
}

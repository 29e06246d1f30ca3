import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findProjectRoot } from '../options.ts';

/**
 * Loads an optional peer, the app's own copy first.
 *
 * @throws Error, in one sentence that says what to install, when there is none
 */
export function requireFramework(name: string): unknown {
  const root = findProjectRoot(process.argv[1]);
  for (const base of [join(root, 'package.json'), import.meta.url]) {
    const require = createRequire(base);
    let filename: string;
    try {
      filename = require.resolve(name);
    } catch {
      continue; // not from here
    }
    return require(filename);
  }
  throw new Error(`${name} is not installed. Install it with: npm install ${name}`);
}

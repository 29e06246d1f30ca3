import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Loads an optional peer, the project's own copy first.
 *
 * @param root the root of the project
 * @throws Error, in one sentence that says what to install, when there is none
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
    return require(filename);
  }
  throw new Error(`${name} is not installed. Install it with: npm install ${name}`);
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requirePeer } from '../../src/storage/peer.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** A project that has a version of a package. */
function createProject(name: string, version: string): string {
  const root = createTempFolder();
  const files = {
    'package.json': '{ "name": "project" }',
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'dist/index.js' }),
    [`node_modules/${name}/dist/package.json`]: '{ "type": "commonjs" }',
    [`node_modules/${name}/dist/index.js`]: 'module.exports = { Keyv: Map };',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

describe('a package that is used', () => {
  it.each([
    ['keyv', '4.5.4', 'too old for holdover, which needs 5.0 or newer', 'keyv@5'],
    ['keyv', '6.1.0', 'too new for holdover, which needs one before 6.0', 'keyv@5'],
    [
      '@keyv/redis',
      '4.6.0',
      'too old for holdover, which needs 5.0 or newer',
      '@keyv/redis@latest',
    ],
  ])('is refused in a version that does not work: %s %s', (name, version, why, wanted) => {
    const message = `${name} ${version} is ${why}. Install it with: npm install ${wanted}`;
    expect(() => requirePeer(name, createProject(name, version))).toThrow(message);
  });

  it.each([
    ['keyv', '5.0.1'],
    ['@keyv/redis', '5.1.6'],
    ['@keyv/redis', '6.0.0-rc.1'],
    ['express-session', '1.5.0'],
  ])('is taken in one that works, or may: %s %s', (name, version) => {
    expect(requirePeer(name, createProject(name, version))).toEqual({ Keyv: Map });
  });

  it('is named when it is not there at all', () => {
    expect(() => requirePeer('no-such-package', createTempFolder())).toThrow(
      'no-such-package is not installed. Install it with: npm install no-such-package',
    );
  });
});

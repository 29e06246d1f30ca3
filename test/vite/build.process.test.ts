import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as vite8 from 'vite';
import { describe, expect, it } from 'vitest';
import holdover from '../../src/vite.ts';
import type { App } from '../support/app.ts';
import { linkPackage } from '../support/packages.ts';
import { createProject } from './servers.ts';

/** Hashes of all files, by path. */
function readHashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  const toHash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(paths.sort().map((path) => [relative(folder, path), toHash(path)]));
}

describe('a build by Vite', () => {
  it.each([false, true])('is the same with the plugin, for a server: %s', async (ssr) => {
    const root = createProject({
      'index.html': '<script type="module" src="/main.js"></script>',
      'main.js': "import './style.css'; document.body.append('hello');",
      'style.css': 'body { color: red }',
      'server.js': "import session from 'express-session'; export const app = session;",
    });
    linkPackage({ folder: root } as App, 'express-session');
    const build = async (outDir: string, plugins: ReturnType<typeof holdover>[]) => {
      const options = ssr ? { ssr: 'server.js' } : {};
      await vite8.build({
        configFile: false,
        logLevel: 'silent',
        root,
        plugins,
        build: { outDir, ...options },
      });
      return readHashes(join(root, outDir));
    };
    const without = await build('without', []);
    expect(Object.keys(without).length).toBeGreaterThan(0);
    expect(await build('with', [holdover()])).toEqual(without);
    expect(readdirSync(root)).not.toContain('.holdover');
  });
});

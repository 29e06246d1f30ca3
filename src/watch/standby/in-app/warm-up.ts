import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isEsModule } from '../module-format.ts';
import { WARM_UP } from '../../protocol.ts';
import { linkModules } from './link.ts';

/**
 * Has tsx start its compiler, which is a process of its own: it does that when it meets a file that it
 * has not compiled before, and that would be the one that was saved. It has one for imports and one for
 * `require`.
 */
export async function warmUp(entry: string | undefined): Promise<void> {
  if (!entry || !/\.[mc]?tsx?$/.test(entry)) return;
  const isImported = isEsModule(entry);
  const name = `${WARM_UP}${process.pid}-${Date.now()}${isImported ? '.mts' : '.cts'}`;
  const file = join(tmpdir(), name);
  try {
    writeFileSync(file, `export const startedAt: number = ${Date.now()};\n`, { flag: 'wx' });
    if (isImported) await linkModules([pathToFileURL(file).href]);
    else requireOnce(file);
  } finally {
    rmSync(file, { force: true });
  }
}

function requireOnce(file: string): void {
  const require = createRequire(file);
  require(file);
  delete require.cache[file];
}

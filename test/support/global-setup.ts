import { execSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModules, isBuilt } from './modules.ts';

const ROOT = new URL('../../', import.meta.url);

/** Child processes run what is built, and keep their keys in a folder of this run. */
export default function setup(): () => void {
  if (!isBuilt(new URL('dist/index.js', ROOT))) {
    execSync('npm run build', {
      cwd: fileURLToPath(ROOT),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  buildModules();
  const state = mkdtempSync(join(tmpdir(), 'holdover-state-'));
  process.env.XDG_STATE_HOME = state;
  for (const name of Object.keys(process.env)) {
    if (/^(SESSION_\w+|REDIS_URL)$/.test(name)) delete process.env[name];
  }
  return () => rmSync(state, { recursive: true, force: true });
}

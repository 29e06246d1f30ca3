import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page of the inspector, in what is compiled and in what is built. */
const PAGE = join('inspector', 'page');

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Child processes run what is built, and keep their keys in a folder of this run. */
export default function setup(): () => void {
  if (newestIn(join(ROOT, 'src')) > timeOfBuild()) {
    const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
    for (const project of ['src/inspector/page', 'src'])
      execFileSync(compiler, ['-p', project], {
        cwd: ROOT,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    for (const name of ['index.html', 'style.css'])
      copyFileSync(join(ROOT, 'src', PAGE, name), join(ROOT, 'dist', PAGE, name));
  }
  const state = mkdtempSync(join(tmpdir(), 'holdover-state-'));
  process.env.XDG_STATE_HOME = state;
  for (const name of Object.keys(process.env)) {
    if (/^(SESSION_\w+|REDIS_URL)$/.test(name)) delete process.env[name];
  }
  return () => rmSync(state, { recursive: true, force: true });
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}

function timeOfBuild(): number {
  return statSync(join(ROOT, 'dist', 'index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Crash } from '../../../src/asking/crash.ts';
import { describeCrash } from '../../../src/watch/crash/describe.ts';
import type { Exit } from '../../../src/watch/exit.ts';
import type { ReportedError } from '../../../src/watch/protocol.ts';
import { MODULES } from '../../support/modules.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const REPORTED = new URL('watch/crash/in-app/uncaught-error.js', MODULES).href;
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What is left of a process. */
export interface Ended {
  folder: string;
  reported: ReportedError | undefined;
  exit: Exit;
  stderr: string;
  /** Describes its end, with the named files changed before. */
  describe(changed?: string[]): Promise<Crash>;
}

/** Runs the first of some files in a folder of its own, to its end, as a supervisor would. */
export async function run(
  files: Record<string, string>,
  { type = 'module', flags = [] as string[], isReporting = true } = {},
): Promise<Ended> {
  const folder = createTempFolder();
  const [entry = ''] = Object.keys(files);
  const report = join(folder, 'report.mjs');
  writeFiles(folder, {
    'package.json': JSON.stringify({ name: 'crashing', type }),
    'report.mjs': `import { onUncaughtError } from '${REPORTED}';
      onUncaughtError((error) => process.send(error, undefined, undefined, () => {}));`,
    ...files,
  });
  const imports = [
    ...(isReporting ? ['--import', pathToFileURL(report).href] : []),
    ...(entry.endsWith('ts') ? ['--import', TSX] : []),
  ];
  const child = spawn(process.execPath, [...imports, ...flags, join(folder, entry)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let reported: ReportedError | undefined;
  let stderr = '';
  child.on('message', (error) => (reported = error as ReportedError));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exit = await new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const describe = (changed: string[] = []): Promise<Crash> =>
    describeCrash(reported, exit, {
      root: folder,
      changed: changed.map((file) => join(folder, file)),
    });
  return { folder, reported, exit, stderr, describe };
}

/** Writes files into a folder. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** A crash with an excerpt, as a page may get it. */
export function createCrash(more: Partial<Crash> = {}): Crash {
  const file = fileURLToPath(import.meta.url);
  const frame = { file, path: 'src/server.ts', line: 2, column: 7 };
  return {
    title: 'The app exited with code 1',
    error: {
      name: 'TypeError',
      message: 'a mistake',
      frames: [{ ...frame, function: 'boom', isOfNode: false, isOfPackage: false }],
    },
    causes: [],
    excerpt: {
      ...frame,
      lines: [
        { number: 1, text: 'const secretOfTheSource = 1;', isMarked: false },
        { number: 2, text: 'throw new TypeError("a mistake");', isMarked: true },
      ],
    },
    changed: ['src/server.ts'],
    keepsSessions: true,
    ...more,
  };
}

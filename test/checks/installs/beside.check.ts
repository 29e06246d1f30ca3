import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../../support/depth.ts';
import { removeFolder } from '../../support/temp-folder.ts';
import { NPMS, PLUG_N_PLAY, PNPM, YARN_CLASSIC, type Manager } from './managers.ts';
import { PACKAGE_SETS } from './package-sets.ts';
import { toManifest, toPacked } from './project.ts';

const OTHERS = [PNPM, YARN_CLASSIC, PLUG_N_PLAY];

/** The sets that meet another manager than npm in the short run, too. */
const WITH_OTHERS: Record<string, Manager> = {
  'jest 29 with ts-jest': PNPM,
  'TypeScript 4.9 with ts-node and nodemon': YARN_CLASSIC,
  'tsx 3, Express 4 and passport': PLUG_N_PLAY,
};

/** The managers that meet a set: all of them in the long run, else one npm, most often 10. */
function chooseManagers(name: string, index: number): Manager[] {
  if (IS_LONG) return [...NPMS, ...OTHERS];
  const [npm9, npm10, npm11] = NPMS as [Manager, Manager, Manager];
  const npm = [npm10, npm9, npm10, npm11][index % 4] as Manager;
  const other = WITH_OTHERS[name];
  return other ? [npm, other] : [npm];
}

const cases = Object.entries(PACKAGE_SETS).flatMap(([name, packages], index) =>
  chooseManagers(name, index).map((manager) => ({
    title: `${manager.name}, ${name}`,
    manager,
    packages,
  })),
);

describe.concurrent('holdover is added to the packages of a usual project by', () => {
  it.for(cases)('$title', async ({ manager, packages }, { onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdover-locked-'));
    onTestFinished(() => removeFolder(folder));
    const manifest = toManifest('project', {}, { devDependencies: packages });
    writeFileSync(join(folder, 'package.json'), manifest);
    // What is said of a set by itself is not ours to mend, but it must be one that installs.
    const alone = await run(folder, manager, manager.lock);
    expect(alone.code, alone.output).toBe(0);
    const { code, output } = await run(folder, manager, [...manager.add, `holdover@${toPacked()}`]);
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/holdover.*peer|peer.*holdover|ERESOLVE[^]*holdover/i);
  });
});

/** Runs a command of a package manager to its end. */
function run(
  folder: string,
  { env }: Manager,
  [command = '', ...words]: string[],
): Promise<{ code: number; output: string }> {
  const options = { cwd: folder, env: { ...process.env, CI: '', ...env } };
  return new Promise((resolve) => {
    execFile(command, words, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { currentLifetime } from './lifetime.ts';
import { createTempFolder } from './temp-folder.ts';

const BLOCK = 4096;

/** Why a small disk cannot be made here; `undefined` when it can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'a small disk is made with Linux tmpfs';
  if (process.getuid?.() !== 0) return 'only root may mount a small disk';
  try {
    const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
    return undefined;
  } catch (error) {
    return `mounting is not allowed here (${(error as Error).message.trim()})`;
  }
}

/** A disk of its own for the test that is running. */
export interface SmallDisk {
  path: string;
  /** Fills it until this many bytes are left. */
  fill(left: number): void;
  /** Makes room again. */
  empty(): void;
}

/** Mounts a disk of this many bytes. */
export function mountSmallDisk(size: number): SmallDisk {
  const path = createTempFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tmpfs', path]);
  currentLifetime().atEnd(() => void execFileSync('umount', ['-l', path]));
  const filler = join(path, 'filler');
  return {
    path,
    fill(left) {
      const fd = openSync(filler, 'w');
      let length = 0;
      try {
        for (;;) length += writeSync(fd, Buffer.alloc(BLOCK));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
      ftruncateSync(fd, length - left);
      closeSync(fd);
      const { bavail, bsize } = statfsSync(path);
      if (bavail * bsize !== left) throw new Error(`${bavail * bsize} bytes are left, not ${left}`);
    },
    empty: () => rmSync(filler, { force: true }),
  };
}

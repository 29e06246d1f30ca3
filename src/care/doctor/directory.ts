import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { ResolvedOptions } from '../../options.ts';
import { readDependencies } from '../../options/manifest.ts';
import { statFile } from '../../storage/files/disk.ts';
import { toLayout } from '../../storage/directory/layout.ts';
import { checkDirectory as checkUse } from '../../storage/directory/prepare.ts';
import { checkWritable } from '../../storage/files/writable.ts';
import { broken, doubtful, good, type Check } from './check.ts';

const MB = 1024 * 1024;
/** With less than this a busy app may fill the disk; with less than that it is as good as full. */
const SCARCE = 100 * MB;
const FULL = 5 * MB;

/** Whether sessions can be kept in the session directory, and whether others leave it alone. */
export async function checkDirectory(options: ResolvedOptions): Promise<Check[]> {
  const presence = checkPresence(options);
  if (presence.state === 'broken') return [presence];
  return [
    presence,
    ...(statFile(options.directory) ? [checkModes(options.directory)] : []),
    await checkGit(options),
    checkWatchers(options),
    await checkSpace(options.directory),
  ];
}

function checkPresence({ directory, displayDirectory }: ResolvedOptions): Check {
  const name = 'directory';
  try {
    checkWritable(directory);
  } catch (error) {
    return broken(name, (error as Error).message, 'Make it writable: chmod u+rwx, or chown.');
  }
  const stats = statFile(directory);
  if (stats && !stats.isDirectory()) {
    return broken(name, `${displayDirectory} is a link or a file.`, 'Remove it.');
  }
  try {
    checkUse(toLayout(directory));
  } catch (error) {
    const [found = '', ...advice] = (error as Error).message.split(/(?<=\.) /);
    return broken(name, found, advice.join(' '));
  }
  return stats
    ? good(name, `${displayDirectory} is there, and writable`)
    : good(name, `${displayDirectory} is made with the first session`);
}

function checkModes(directory: string): Check {
  const name = 'modes';
  const { mode, uid } = statFile(directory) ?? { mode: 0o700, uid: 0 };
  const user = process.getuid?.();
  if (user === undefined) return good(name, 'the profile of the user protects it');
  if (uid !== user && user !== 0) {
    return broken(name, 'It belongs to another user.', 'Remove it, or run as that user.');
  }
  const bits = (mode & 0o777).toString(8);
  if (bits === '700') return good(name, 'nobody else can look into it (0700)');
  return broken(name, `Others may use it (0${bits}).`, `chmod 700 ${directory}`);
}

/** Git itself is asked, which knows of all the files that say what it ignores. */
async function checkGit({ root, directory, displayDirectory }: ResolvedOptions): Promise<Check> {
  const name = 'git';
  const git = (...words: string[]) => promisify(execFile)('git', ['-C', root, ...words]);
  try {
    await git('rev-parse', '--is-inside-work-tree');
  } catch {
    return good(name, 'no repository');
  }
  const { stdout } = await git('ls-files', '--', directory).catch(() => ({ stdout: '' }));
  if (stdout !== '') {
    const advice = `git rm -r --cached ${displayDirectory}`;
    return broken(name, 'Session files are in the repository.', advice);
  }
  const isIgnored = await git('check-ignore', '-q', `${directory}${sep}x`).then(
    () => true,
    ({ code }: { code: number }) => code !== 1, // outside of the repository
  );
  if (isIgnored || !statFile(directory)) return good(name, 'ignores it');
  return broken(name, `Git does not ignore ${displayDirectory}.`, `Add it to .gitignore.`);
}

/** nodemon and tsx leave alone what is in a folder with a dot; a restart for each session is a loop. */
function checkWatchers({ root, directory, displayDirectory }: ResolvedOptions): Check {
  const name = 'watchers';
  const inProject = relative(root, directory);
  const folders = inProject.split(sep);
  const isInside = folders[0] !== '..' && inProject !== '';
  const isHidden = !isInside || folders.some((folder) => folder.startsWith('.'));
  if (isHidden) return good(name, 'restarters leave it alone');
  const nodemon = readDependencies(root).includes('nodemon');
  const found = `${displayDirectory} has no folder with a dot in its path, so restarters may watch it.`;
  const advice = `Name one as .${basename(directory)} with SESSION_FILE_DIR, or have it ignored.`;
  return nodemon ? broken(name, found, advice) : doubtful(name, found, advice);
}

async function checkSpace(directory: string): Promise<Check> {
  let existing = directory;
  while (!statFile(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return toSpaceCheck(bavail * bsize);
}

/** @param free bytes */
function toSpaceCheck(free: number): Check {
  const name = 'free space';
  const found = `${Math.floor(free / MB).toLocaleString('en')} MB`;
  if (free >= SCARCE) return good(name, found);
  const make = free < FULL ? broken : doubtful;
  return make(name, `${found} are left on the disk.`, 'Make room, or name another directory.');
}

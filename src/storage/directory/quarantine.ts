import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sayOnce, type Say } from '../../session/display/say-once.ts';
import type { SealFault } from '../../session/seal.ts';
import { codeOf, statFile, type FileStamp } from '../files/disk.ts';
import { toHeader } from './file/header.ts';
import { listNow } from '../files/folders.ts';
import { moveVersion } from '../files/replace-file.ts';
import type { Layout } from './layout.ts';
import { ensureFolder } from './prepare.ts';
import { locate } from './file/versions.ts';

/** Why a record was set aside. One of another key or user is not: it stays where it is. */
export type QuarantineReason =
  | Exclude<SealFault, 'wrong key'>
  | 'not a regular file'
  | 'not permitted';

/**
 * Where records go that cannot be read: moved, not deleted, with the reason in the file name. What has
 * become of them is said, each sentence once in the life of a process, however many records it is about.
 */
export class Quarantine {
  readonly #layout: Layout;
  readonly #sayOnce: Say;

  constructor(layout: Layout, say: Say) {
    this.#layout = layout;
    this.#sayOnce = sayOnce(say);
  }

  /**
   * Moves a version here, unless another one has come in its place, or the folder does not let it; tells
   * whether it did.
   */
  take(path: string, version: FileStamp, name: string, reason: QuarantineReason): boolean {
    const { quarantine } = this.#layout;
    const label = toLabel(name, reason);
    ensureFolder(this.#layout, quarantine);
    try {
      let target = join(quarantine, label);
      for (let copy = 2; statFile(target); copy++) target = join(quarantine, `${label}.${copy}`);
      return moveVersion(path, version, target);
    } catch (error) {
      this.#sayOnce(
        `A stored session could not be read (${reason}) and cannot be set aside in ${quarantine} (${codeOf(error)}); its user logs in again. Make that folder writable.`,
      );
      return false;
    }
  }

  /** Says that a record was set aside. Its session is gone, or as it was before: all others go on. */
  sayTaken(reason: QuarantineReason, isOlderUsed: boolean): void {
    this.#sayOnce(
      `A stored session could not be read (${reason}) and was set aside in ${this.#layout.quarantine}; ` +
        (isOlderUsed ? 'the version before it is used.' : 'its user logs in again.'),
    );
  }

  /** Says that records of another key or user were met, which stay where they are. */
  sayForeign(): void {
    this.#sayOnce(
      `Some sessions in ${this.#layout.directory} were stored with another key, or by another user: they are left as they are and open again for whoever has stored them. ` +
        'Run the app as the user who stored them, with the same HOME and XDG_STATE_HOME, or set SESSION_KEY to that key.',
    );
  }
}

/** Why records were set aside, by earlier versions of holdover too. */
const REASONS = [
  'altered',
  'truncated',
  'not a session record',
  'not a regular file',
  'not permitted',
  'wrong key',
] as const;

function toLabel(name: string, reason: (typeof REASONS)[number]): string {
  return `${name}.${reason.replaceAll(' ', '-')}`;
}

/** Why the record under a name does not open, where it was left or set aside for that. */
export function whyUnreadable(
  layout: Layout,
  fingerprint: string,
  name: string,
): string | undefined {
  const located = locate(layout, name);
  const header = toHeader(located);
  if (header && header.fingerprint !== fingerprint) return 'wrong key';
  if (located && !header) return 'not permitted';
  return REASONS.find((reason) => statFile(join(layout.quarantine, toLabel(name, reason))));
}

/**
 * Removes what was set aside.
 *
 * @param prefix with what the names of the records begin; @default all of them
 * @param age how long ago it was set aside at least, in milliseconds; @default 0
 * @returns how many there were
 */
export function removeQuarantined({ quarantine }: Layout, prefix = '', age = 0): number {
  const wanted = listNow(quarantine).filter((label) => {
    const stats = statFile(join(quarantine, label));
    // A file that is moved keeps the time of its writing, and not that of its last change.
    return label.startsWith(prefix) && stats && stats.ctimeMs <= Date.now() - age;
  });
  for (const label of wanted) rmSync(join(quarantine, label), { recursive: true, force: true });
  return wanted.length;
}

/**
 * What was set aside, and why.
 *
 * @throws Error of the system, when that cannot be seen
 */
export function listQuarantined({
  quarantine,
}: Layout): { name: string | undefined; reason: string | undefined }[] {
  try {
    return readdirSync(quarantine).map((label) => {
      const [name, reason] = label.split('.');
      return { name, reason: reason?.replaceAll('-', ' ') };
    });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

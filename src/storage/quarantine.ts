import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SealFault } from '../session/seal.ts';
import { codeOf, statFile } from './disk.ts';
import { ensureFolder } from './prepare.ts';
import { replaceFile } from './replace-file.ts';
import type { Layout } from './paths.ts';

/** Why a record was set aside. One of another key or user is not: it stays where it is. */
export type QuarantineReason =
  | Exclude<SealFault, 'wrong key'>
  | 'not a regular file'
  | 'not permitted';

/**
 * Where records go that cannot be read: moved, not deleted, with the reason in the file name. Each
 * reason is said once in the life of a process, however many records have it.
 */
export class Quarantine {
  readonly #layout: Layout;
  readonly #report: (message: string) => void;
  readonly #said = new Set<QuarantineReason | 'wrong key'>();

  constructor(layout: Layout, report: (message: string) => void) {
    this.#layout = layout;
    this.#report = report;
  }

  /** Says, once, that records of another key or user were met, which stay where they are. */
  leave(): void {
    this.#sayOnce('wrong key', toForeignMessage(this.#layout.directory));
  }

  /** Moves a file here. Its session is gone; every other session and the request go on. */
  take(path: string, name: string, reason: QuarantineReason): void {
    const { quarantine } = this.#layout;
    const label = `${name}.${reason.replaceAll(' ', '-')}`;
    ensureFolder(this.#layout, quarantine);
    let target = join(quarantine, label);
    for (let copy = 2; statFile(target); copy++) target = join(quarantine, `${label}.${copy}`);
    try {
      replaceFile(path, target);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return; // another process has taken it
    }
    this.#sayOnce(reason, toMessage(reason, quarantine));
  }

  #sayOnce(reason: QuarantineReason | 'wrong key', message: string): void {
    if (this.#said.has(reason)) return;
    this.#said.add(reason);
    this.#report(message);
  }
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

function toForeignMessage(directory: string): string {
  return `Some sessions in ${directory} were stored with another key, or by another user: they are left as they are and open again for whoever has stored them. Run the app as the user who stored them, with the same HOME and XDG_STATE_HOME, or set SESSION_KEY to that key.`;
}

function toMessage(reason: QuarantineReason, quarantine: string): string {
  return `A stored session could not be read (${reason}) and was set aside in ${quarantine}; its user logs in again.`;
}

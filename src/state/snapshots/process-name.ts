import { readFileSync } from 'node:fs';
import { isAlive } from '../../storage/files/owners.ts';

/** A process, told apart from a later one with the same id where the system says when it was started. */
export interface ProcessName {
  pid: number;
  /** On Linux, where the ids in a container are the same at every start. */
  started?: string | undefined;
}

/** @param pid @default that of this process */
export function toProcessName(pid: number = process.pid): ProcessName {
  return { pid, started: readStart(pid) };
}

export function isRunning({ pid, started }: ProcessName): boolean {
  return isAlive(pid) && readStart(pid) === started;
}

/** The 22nd field of its status; the second one, its name, may have blanks and brackets. */
function readStart(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

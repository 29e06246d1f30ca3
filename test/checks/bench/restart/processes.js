// What Linux tells of processes, in /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second, whatever the clock of the kernel. */
const TICKS_PER_SECOND = 100;

const KILOBYTE = 1024;

/**
 * What a process that leads a session of its own takes up: itself, and everything in its session or
 * below it, also what has lost its parent.
 */
export function readUsage(pid) {
  const { RssAnon, VmRSS } = readSizes(`/proc/${pid}/status`);
  return {
    files: readdirSync(`/proc/${pid}/fd`).length,
    processes: findFamily(pid).length,
    /** Bytes in memory, with the code of Node that all share. */
    resident: VmRSS,
    /** Bytes in memory that are the process's own: its heap, stacks and buffers. */
    anonymous: RssAnon,
    /** Seconds of processor time. */
    time: readStat(pid).time,
  };
}

/** A process, and everything in its session or below it, the eldest first. */
export function findFamily(leader) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined && stat.state !== 'Z');
  const family = new Set([leader]);
  let size;
  do {
    size = family.size;
    for (const { pid, parent, session } of all) {
      if (session === leader || family.has(parent)) family.add(pid);
    }
  } while (family.size > size);
  return all.filter(({ pid }) => family.has(pid)).sort((a, b) => a.startedAt - b.startedAt);
}

/** @returns `undefined` when there is no such process any more */
function readStat(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name of the program, in parentheses, may have spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    state: fields[0],
    parent: Number(fields[1]),
    session: Number(fields[3]),
    time: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    startedAt: Number(fields[19]), // in ticks since the system's start
  };
}

/** Bytes, by the names that Linux gives them. */
export function readSizes(file) {
  const lines = readFileSync(file, 'utf8').matchAll(/^(\w+):\s+(\d+) kB$/gm);
  return Object.fromEntries([...lines].map(([, name, size]) => [name, size * KILOBYTE]));
}

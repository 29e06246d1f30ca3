import { findFamily, readSizes } from './processes.js';

const MEGABYTE = 1024 * 1024;

/**
 * How much memory a restarter takes, in megabytes: itself, then each process that it has started, with
 * all below it (tsx starts esbuild), the eldest first. `resident` is what is in memory (RSS), `share`
 * counts what several use only once (PSS).
 *
 * @returns {{ resident: number, share: number }[]} nothing where the system does not tell
 */
export function readMemory(leader) {
  if (process.platform !== 'linux') return [];
  const family = findFamily(leader);
  const roots = family.filter(({ pid, parent }) => pid === leader || parent === leader);
  const sums = new Map(roots.map(({ pid }) => [pid, { resident: 0, share: 0 }]));
  for (const member of family) {
    const sum = sums.get(findRoot(member, family, sums).pid);
    if (sum) add(sum, member.pid);
  }
  return [...sums.values()];
}

/** holdover's processes have names: the app has started before the standby that waits. */
export function describeMemory(memory) {
  const names = ['supervisor', 'app', 'standby'];
  return memory
    .map(({ resident, share }, index) => {
      return `${names[index] ?? 'another'} ${Math.round(resident)} (${Math.round(share)})`;
    })
    .join(', ');
}

function findRoot(member, family, roots) {
  let found = member;
  while (found && !roots.has(found.pid)) found = family.find(({ pid }) => pid === found.parent);
  return found ?? member;
}

function add(sum, pid) {
  try {
    const { Rss, Pss } = readSizes(`/proc/${pid}/smaps_rollup`);
    sum.resident += Rss / MEGABYTE;
    sum.share += Pss / MEGABYTE;
  } catch {
    // it has just ended
  }
}

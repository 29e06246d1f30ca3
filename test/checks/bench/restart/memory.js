import { findFamily, readSizes } from './processes.js';
import { findServingProcess } from './serving-process.js';

const MEGABYTE = 1024 * 1024;

/**
 * How much memory a restarter takes, in megabytes: the supervisor, and each process that it has started
 * with all below it (tsx starts esbuild). `resident` is what is in memory (RSS), `share` counts what
 * several use only once (PSS).
 *
 * @returns {Promise<{ name: string, resident: number, share: number }[]>} nothing where the system does
 *   not tell
 */
export async function readMemory({ pid: leader, app }) {
  if (process.platform !== 'linux') return [];
  const family = findFamily(leader);
  const roots = family.filter(({ pid, parent }) => pid === leader || parent === leader);
  const sums = new Map(roots.map(({ pid }) => [pid, { name: 'standby', resident: 0, share: 0 }]));
  for (const { pid } of family) {
    const sum = sums.get(findRoot(pid, family, sums));
    if (sum) add(sum, pid);
  }
  const pids = family.map(({ pid }) => pid);
  const serving = sums.get(findRoot(await findServingProcess(app.url, pids), family, sums));
  if (serving) serving.name = 'app';
  sums.get(leader).name = 'supervisor';
  return [...sums.values()];
}

export function describeMemory(memory) {
  return memory
    .map(({ name, resident, share }) => `${name} ${Math.round(resident)} (${Math.round(share)})`)
    .join(', ');
}

/** @returns the process of `roots` that one is, or is below of */
function findRoot(pid, family, roots) {
  let found = pid;
  while (found !== undefined && !roots.has(found)) {
    found = family.find((member) => member.pid === found)?.parent;
  }
  return found;
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

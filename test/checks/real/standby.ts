import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf } from '../../support/children.ts';
import { poll } from '../../support/poll.ts';

/** Processes that have slept so often when they were looked at have nothing left to do. */
const TIMES_ASLEEP = 6;

/**
 * Waits until the next process stands by, and nobody has anything left to do ahead.
 *
 * @returns the processes that may be the next one
 */
export function untilStandby(supervisor: number, running: number): Promise<number[]> {
  return poll(
    async () => {
      const children = childrenOf(supervisor);
      const standbys = children.filter((child) => child !== running);
      if (standbys.length === 0 || !(await areAsleep([supervisor, ...children]))) return undefined;
      return childrenOf(supervisor).join() === children.join() ? standbys : undefined;
    },
    { every: 50, within: 60_000 },
  );
}

/** Whether none of these processes works for a while. */
async function areAsleep(pids: number[]): Promise<boolean> {
  const work = pids.map(readWork).join();
  for (let times = 0; times < TIMES_ASLEEP; times++) {
    await delay(50);
    if (pids.map(readWork).join() !== work) return false;
  }
  return true;
}

/** How much the threads of a process have worked, or that one works just now. Linux only. */
function readWork(pid: number): string {
  if (process.platform !== 'linux') return 'cannot be known';
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
      const text = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return { state: fields[0], work: `${fields[11]} ${fields[12]}` };
    });
    const isBusy = threads.some(({ state }) => state !== 'S');
    return isBusy ? `busy ${performance.now()}` : threads.map(({ work }) => work).join();
  } catch {
    return `ended ${performance.now()}`;
  }
}

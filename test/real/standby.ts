import { readdirSync, readFileSync } from 'node:fs';
import { childrenOf } from '../support/children.ts';
import { poll } from '../support/poll.ts';

/** Processes that have slept so often when they were looked at have nothing left to do. */
const TIMES_ASLEEP = 6;

/**
 * Waits until the next process stands by, and nobody has anything left to do ahead.
 *
 * @returns the processes that may be the next one
 */
export async function untilStandby(supervisor: number, running: number): Promise<number[]> {
  let times = 0;
  let last = '';
  return poll(
    () => {
      const standbys = childrenOf(supervisor).filter((child) => child !== running);
      const work = [supervisor, running, ...standbys].map((pid) => `${pid} ${readWork(pid)}`);
      const now = work.join();
      times = now === last ? times + 1 : 0;
      last = now;
      return standbys.length > 0 && times >= TIMES_ASLEEP ? standbys : undefined;
    },
    { every: 50, within: 60_000 },
  );
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

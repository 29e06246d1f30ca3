import { readdirSync, readFileSync } from 'node:fs';
import { childrenOf } from '../support/children.ts';
import { poll } from '../support/poll.ts';

/** A process that has slept so often when it was looked at has nothing left to do. */
const TIMES_ASLEEP = 6;

/** Waits until the next process stands by, with all done that it does ahead. */
export async function untilStandby(supervisor: number, running: number): Promise<number> {
  let times = 0;
  let last = '';
  return poll(
    () => {
      const standby = childrenOf(supervisor).find((child) => child !== running);
      const now = standby === undefined ? undefined : `${standby} ${readWork(standby)}`;
      times = now && now === last ? times + 1 : 0;
      last = now ?? '';
      return times >= TIMES_ASLEEP ? standby : undefined;
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

import { readFileSync } from 'node:fs';
import { poll } from './poll.ts';

/** The time that a process has had of the processor, in ticks of 10 ms. */
export function ticksOf(pid: number): number {
  const [, , rest = ''] = /^(.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const fields = rest.split(' '); // from the third on
  return Number(fields[11]) + Number(fields[12]);
}

/** Waits until a process has not used the processor for a second: what it does in advance is done. Linux only. */
export async function becomesCalm(pid: number): Promise<void> {
  let ticks = ticksOf(pid);
  let since = performance.now();
  await poll(
    () => {
      const now = ticksOf(pid);
      if (now !== ticks) since = performance.now();
      ticks = now;
      return performance.now() - since > 1000;
    },
    { every: 50 },
  );
}

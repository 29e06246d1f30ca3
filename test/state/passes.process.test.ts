import { expect, it, onTestFinished } from 'vitest';
import { startPasses, type PassOptions, type Passes } from '../../src/state/snapshots/passes.ts';
import { poll } from '../support/poll.ts';

/** A state that is one value, and what was written of it. */
function start({ steps = 1, isActive = true } = {}) {
  const seen = {
    value: 0,
    passes: 0,
    turns: 0,
    written: [] as number[],
    steps,
    isActive,
    size: 2e6,
  };
  const runs = { isOver: false, isPutOff: false };
  let recorded = 0;
  const options: PassOptions = {
    *pass() {
      seen.passes++;
      const { value } = seen;
      for (let step = 0; step < seen.steps; step++) {
        work(1);
        yield;
      }
      if (value === recorded) return 0;
      recorded = value;
      yield;
      seen.written.push(value);
      return seen.size;
    },
    runs: {
      get isOver() {
        return runs.isOver;
      },
      get isPutOff() {
        return runs.isPutOff;
      },
    },
    isActive: () => seen.isActive,
  };
  const passes: Passes = startPasses(options);
  onTestFinished(() => passes.stop());
  return { seen, runs, passes };
}

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

it('passes when the loop has been active, and not otherwise', async () => {
  const idle = start({ isActive: false });
  const active = start();
  active.seen.value = 1;
  await poll(() => active.seen.written.length > 0);
  expect(active.seen.written).toEqual([1]);
  await poll(() => active.seen.passes > 1);
  expect(active.seen.written).toEqual([1]);
  expect(idle.seen.passes).toBe(0);
  // What a full disk has put off is due all the same.
  idle.runs.isPutOff = true;
  await poll(() => idle.seen.passes > 0);
  active.runs.isOver = true;
  const { passes } = active.seen;
  active.passes.flush();
  expect(active.seen.passes).toBe(passes);
});

it('gives others a turn while a pass is long, and comes again for what it cannot have seen', async () => {
  const { seen } = start({ steps: 100 });
  let turns = 0;
  const isUnderWay = (): boolean => seen.passes === 1 && seen.written.length === 0;
  const timer = setInterval(() => void (isUnderWay() && turns++), 1);
  seen.value = 1;
  await poll(isUnderWay, { every: 1 });
  seen.isActive = false;
  seen.value = 2;
  await poll(() => seen.written.length > 0);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
  expect(seen.written).toEqual([1]);
  seen.steps = 1;
  // It pauses fifty times as long as the pass took, which a busy machine has interrupted.
  await poll(() => seen.written.length > 1, { within: 170_000 });
  expect(seen.written).toEqual([1, 2]);
});

it('flushes at once, with what a pass has begun', async () => {
  const { seen, passes } = start();
  seen.value = 1;
  passes.flush();
  expect(seen.written).toEqual([1]);
  seen.steps = 60;
  seen.value = 2;
  await poll(() => seen.passes === 2, { every: 1 });
  seen.value = 3;
  passes.flush();
  expect([seen.written, seen.passes]).toEqual([[1, 2, 3], 3]);
  passes.stop();
  seen.value = 4;
  passes.flush();
  expect(seen.written).toEqual([1, 2, 3]);
});

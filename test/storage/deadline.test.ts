import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../src/storage/redis/link/deadline.ts';

const toError = (): Error => new Error('too late');

function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('a deadline', () => {
  it('gives what the work gives, in time', async () => {
    expect(await withDeadline(Promise.resolve(1), 1000, toError)).toBe(1);
    const failing = withDeadline(Promise.reject(new Error('no')), 1000, toError);
    await expect(failing).rejects.toThrow('no');
  });

  it('ends what takes longer, and lets it fail later without a word', async () => {
    let fail: (error: Error) => void = () => {};
    const work = new Promise((_, reject) => (fail = reject));
    const start = performance.now();
    await expect(withDeadline(work, 100, toError)).rejects.toThrow('too late');
    expect(performance.now() - start).toBeGreaterThan(95);
    fail(new Error('long after')); // an unhandled rejection would fail this test
    await delay(1);
  });

  it('counts an answer that has come while this process was busy', async () => {
    const work = delay(20).then(() => 'here');
    let errors = 0;
    const answer = withDeadline(work, 100, () => {
      errors++;
      return toError();
    });
    await delay(1);
    block(130);
    expect(await answer).toBe('here');
    await delay(1);
    expect(errors).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { KeyedOrder } from '../../src/session/order.ts';

/** An operation that finishes when it is told to. */
function createOperation<T>(log: string[], name: string, result: T) {
  let settle!: { resolve: (value: T) => void; reject: (error: Error) => void };
  const gate = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  return {
    run: () => {
      log.push(name);
      return gate;
    },
    finish: () => settle.resolve(result),
    fail: () => settle.reject(new Error(name)),
  };
}

const turns = () => new Promise(setImmediate);

describe('KeyedOrder', () => {
  it('runs writes to one key one after the other', async () => {
    const order = new KeyedOrder();
    const log: string[] = [];
    const [first, second] = [createOperation(log, 'first', 1), createOperation(log, 'second', 2)];
    const results = Promise.all([order.write('a', first.run), order.write('a', second.run)]);
    await turns();
    expect(log).toEqual(['first']);
    first.finish();
    await turns();
    expect(log).toEqual(['first', 'second']);
    second.finish();
    expect(await results).toEqual([1, 2]);
  });

  it('does not let one key wait for another', async () => {
    const order = new KeyedOrder();
    const slow = createOperation([], 'slow', 1);
    const slowResult = order.write('a', slow.run);
    expect(await order.write('b', async () => 2)).toBe(2);
    expect(await order.read('b', async () => 3)).toBe(3);
    slow.finish();
    await slowResult;
  });

  it('runs a read after the writes before it, and before the writes after it', async () => {
    const order = new KeyedOrder();
    let value = 0;
    const read = () => order.read('a', async () => value);
    const write = (next: number) =>
      order.write('a', async () => {
        await turns();
        value = next;
      });
    const seen = [read(), write(1), read(), write(2), write(3), read()].filter(
      (_, index) => ![1, 3, 4].includes(index),
    );
    expect(await Promise.all(seen)).toEqual([0, 1, 3]);
  });

  it('goes on after a write that failed, and tells only its caller', async () => {
    const order = new KeyedOrder();
    const failing = createOperation([], 'failing', 0);
    const failed = order.write('a', failing.run);
    const next = order.write('a', async () => 'next');
    const read = order.read('a', async () => 'read');
    failing.fail();
    await expect(failed).rejects.toThrow('failing');
    expect(await Promise.all([next, read, order.settled()])).toEqual(['next', 'read', undefined]);
  });

  it('is settled when the writes so far are', async () => {
    const order = new KeyedOrder();
    const slow = createOperation([], 'slow', 1);
    const result = order.write('a', slow.run);
    let isSettled = false;
    const settled = Promise.resolve(order.settled()).then(() => (isSettled = true));
    await turns();
    expect(isSettled).toBe(false);
    slow.finish();
    await Promise.all([settled, result]);
    expect(isSettled).toBe(true);
  });
});

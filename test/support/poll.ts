import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition gives something truthy, and gives that; rejects after the deadline. */
export async function poll<T>(
  condition: () => T | Promise<T>,
  { within = 90_000, every = 30 }: { within?: number; every?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + within;
  for (;;) {
    const result = await condition();
    if (result) return result as NonNullable<T>;
    if (performance.now() > deadline) {
      throw new Error(`Not so within ${within} ms: ${condition.toString()}`);
    }
    await delay(every);
  }
}

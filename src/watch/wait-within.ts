import { whenHeard } from './when-heard.ts';

/**
 * Waits until one of some promises is settled, and no longer than for a while, in milliseconds. What has
 * come by then counts.
 *
 * @returns whether one was in time
 */
export async function waitWithin(milliseconds: number, ...promises: unknown[]): Promise<boolean> {
  let cancel = (): void => {};
  const isLate = new Promise((resolve) => {
    cancel = whenHeard(milliseconds, () => resolve(LATE), true);
  });
  const first = await Promise.race([...promises, isLate]);
  cancel();
  return first !== LATE;
}

const LATE = Symbol('late');

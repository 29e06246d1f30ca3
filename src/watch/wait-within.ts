/**
 * Waits until one of some promises is settled, and no longer than for a while, in milliseconds.
 *
 * @returns whether one was in time
 */
export async function waitWithin(milliseconds: number, ...promises: unknown[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds, LATE)));
  const first = await Promise.race([...promises, isLate]);
  clearTimeout(timer);
  return first !== LATE;
}

const LATE = Symbol('late');

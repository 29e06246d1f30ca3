/**
 * Calls after some milliseconds, when what has come by then is heard: a process that was kept from running
 * hears its timers first, then accepts connections, and reads what has come on them in the next turn.
 *
 * @param keepsAlive whether waiting keeps the process alive
 * @returns takes it back
 */
export function whenHeard(milliseconds: number, call: () => void, keepsAlive = false): () => void {
  let isWanted = true;
  const callIfWanted = (): void => {
    if (isWanted) call();
  };
  const timer = setTimeout(() => setImmediate(setImmediate, callIfWanted), milliseconds);
  if (!keepsAlive) timer.unref();
  return () => {
    isWanted = false;
    clearTimeout(timer);
  };
}

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

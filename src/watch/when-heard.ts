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

/**
 * By how much a timer may be late before it says more of this process than of the other side, in
 * milliseconds.
 */
const LATENESS = 50;

/** How long after a pause of this process an answer is still waited for, in milliseconds. */
const AFTER_PAUSE = 100;

/** How a deadline is kept. */
interface DeadlineOptions {
  /** Whether waiting keeps the process alive. @default true */
  keepsAlive?: boolean;
  /** How many pauses of this process are made up for. @default 1 */
  pauses?: number;
}

/**
 * Settles as the work does, or rejects when that takes longer than `milliseconds`. What the work does
 * after that is nobody's concern: a late failure is no unhandled rejection.
 *
 * A process that was busy, or suspended, hears its timers before the answers that have come meanwhile:
 * those count.
 *
 * @param toError is called when it has come to that, and not otherwise
 */
export function withDeadline<T>(
  work: Promise<T>,
  milliseconds: number,
  toError: () => Error,
  { keepsAlive = true, pauses = 1 }: DeadlineOptions = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    let due = 0;
    let isSettled = false;
    let timer = start(milliseconds);
    function start(delay: number): NodeJS.Timeout {
      due = performance.now() + delay;
      const started = setTimeout(end, delay);
      return keepsAlive ? started : started.unref();
    }
    function end(): void {
      const isLate = performance.now() - due > LATENESS;
      if (isLate && pauses-- > 0) timer = start(AFTER_PAUSE);
      else setImmediate(() => !isSettled && reject(toError()));
    }
    const settle = (): void => {
      isSettled = true;
      clearTimeout(timer);
    };
    work.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}

/** Begins work of somebody else's code, which may throw, or give no promise. */
export function begin<T>(work: () => Promise<T>): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

import { afterAll, afterEach, beforeAll, onTestFailed, onTestFinished } from 'vitest';

/** How long what a test has started lives: as long as the test, or as all tests that share it. */
export interface Lifetime {
  /** Calls this when the test is over, or the last of the tests that share it. */
  atEnd(end: () => unknown): void;
  /** Calls this when the test has failed, or one of the tests that share it. */
  onFailure(tell: () => void): void;
}

let shared: Lifetime | undefined;

/** Returns the lifetime of what is made now: inside of `share` that of all tests, else that of this test. */
export function currentLifetime(): Lifetime {
  return (
    shared ?? {
      atEnd: (end) => onTestFinished(async () => void (await end())),
      onFailure: (tell) => onTestFailed(tell),
    }
  );
}

/**
 * Makes one thing for all tests of a file or a `describe`, before the first of them. Returns a function that
 * gives it:
 *
 *     const rig = share(() => Rig.start({ fixture: 'plain' }));
 *     it('answers', async () => void (await rig().answers({ version: '1' })));
 */
export function share<T>(make: () => T | Promise<T>): () => T {
  const ends: (() => unknown)[] = [];
  const tells: (() => void)[] = [];
  let made: T;
  const tellAll = (): void => tells.forEach((tell) => tell());
  beforeAll(async () => {
    shared = { atEnd: (end) => ends.push(end), onFailure: (tell) => tells.push(tell) };
    try {
      made = await make();
    } catch (error) {
      tellAll();
      throw error;
    } finally {
      shared = undefined;
    }
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') tellAll();
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return () => made;
}

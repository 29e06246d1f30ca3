import { describe, expect, it } from 'vitest';
import { allTold, runAll, type Scenario } from './runs.ts';

/** Compares each row of an app, in each of its runs, with what it is in plain Node. */
export function compareRows(title: string, scenario: Scenario): void {
  describe(title, () => {
    const all = once(() => runAll(scenario));

    it.each(Object.keys(scenario.rows))('%s', async (row) => {
      const { runs, before } = await all();
      for (const { name, facts } of runs) {
        expect({ [name]: facts[row] }).toEqual({ [name]: before[row] });
      }
    });

    it('runs once for each save, in the process that waited', async () => {
      const { runs, running } = await all();
      const others = runs.filter(({ wasStandby }) => wasStandby === false);
      expect(others.map(({ name }) => name)).toEqual([]);
      if (!scenario.steps) return; // a change and the save after it may be two restarts
      expect(allTold(running).map(({ run }) => run)).toEqual(runs.map((_, run) => run));
    });
  });
}

/** One run serves all rows; it belongs to the first test that asks for it. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

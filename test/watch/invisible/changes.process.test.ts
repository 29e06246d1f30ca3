import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../../support/depth.ts';
import { once } from './compare.ts';
import type { Kind } from './project.ts';
import { changes } from './rows/changes.ts';
import { runAll } from './runs.ts';

const SOME: Kind[] = IS_LONG ? ['CommonJS', 'TypeScript'] : ['CommonJS'];

describe.each(SOME)('what changes while the standby waits counts in %s', (kind) => {
  const rows = Object.fromEntries(
    Object.entries(changes).filter(([, { kinds }]) => kinds.includes(kind)),
  );
  const steps = Object.entries(rows).map(([name, { change }]) => ({ name, change }));
  const all = once(() => runAll({ kind, rows, steps }));

  it.each(steps)('$name', async ({ name }) => {
    const { runs, before, after } = await all();
    expect(after[name]).not.toEqual(before[name]);
    const index = runs.findIndex((run) => run.name === name);
    const changed = steps.slice(0, index).map((step) => [step.name, after[step.name]]);
    expect(runs[index - 1]?.facts[name]).toEqual(before[name]);
    expect(runs[index]?.facts).toEqual({ ...before, ...Object.fromEntries(changed) });
  });
});

import { describe, expect, it } from 'vitest';
import { once } from './compare.ts';
import type { Kind } from './project.ts';
import { changes } from './rows/changes.ts';
import { runAll } from './runs.ts';

const SOME: Kind[] = ['CommonJS', 'TypeScript'];

describe.each(SOME)('what changes while the standby waits counts in %s', (kind) => {
  const rows = Object.fromEntries(
    Object.entries(changes).filter(([, { kinds }]) => kinds.includes(kind)),
  );
  const steps = Object.entries(rows).map(([name, { change }]) => ({ name, change }));
  const runs = once(() => runAll({ kind, rows, steps }));

  it.each(steps)('$name', async ({ name }) => {
    const { pairs } = await runs();
    const index = pairs.findIndex((pair) => pair.name === name);
    const pair = pairs[index];
    expect(pair?.watched).toEqual(pair?.cold);
    expect(pair?.cold[name]).not.toEqual(pairs[index - 1]?.cold[name]);
  });
});

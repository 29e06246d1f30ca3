import { describe, expect, it } from 'vitest';
import { IS_LONG } from '../../support/depth.ts';
import { poll } from '../../support/poll.ts';
import { compareRows } from './compare.ts';
import { allTold, runAll, type Facts } from './runs.ts';
import { flagged, required, toHooks, warnings } from './rows/starts.ts';
import { sourceMaps, stacks } from './rows/stacks.ts';

const rows = { ...flagged, ...stacks, ...sourceMaps };
const flags = ['--enable-source-maps', '--conditions=development'];

compareRows('flags in front of an ES module', { kind: 'an ES module', rows, flags });
if (IS_LONG) compareRows('flags in front of CommonJS', { kind: 'CommonJS', rows, flags });
compareRows('--require', {
  kind: 'CommonJS',
  rows: required,
  flags: ['--require', './first.cjs'],
  hasStandby: false,
});

if (IS_LONG)
  compareRows('loader hooks of an ES module', { kind: 'an ES module', rows: toHooks(0) });
compareRows('loader hooks of TypeScript', { kind: 'TypeScript', rows: toHooks(0) });
describe('loader hooks that come with a save', () => {
  it('see all modules in a second start that follows at once, and that is said', async () => {
    const steps = [{ name: 'without hooks' }, { name: 'with hooks' }];
    const { after, running } = await runAll({ kind: 'an ES module', rows: toHooks(2), steps });
    await running.printed(/\[holdover\] loader hooks/);
    const starts = (): Facts[] =>
      allTold(running).flatMap(({ run, facts }) => (run === 2 ? [facts] : []));
    await poll(() => starts().length === 2);
    expect(starts().at(-1)).toEqual(after);
  });
});

describe('warnings of Node', () => {
  it('are printed once in each run, when the app asks for it', async () => {
    const { runs, before, running } = await runAll({ kind: 'CommonJS', rows: warnings });
    for (const { name, facts } of runs) {
      expect({ [name]: facts }).toEqual({ [name]: before });
    }
    const [warned] = before['what was warned of'] as [string[]];
    expect(warned.length).toBeGreaterThan(2);
    const count = (): number => [...running.output.matchAll(/^\(node:\d+\) .*Warning: /gm)].length;
    await poll(() => count() >= warned.length * runs.length);
    expect(count()).toBe(warned.length * runs.length);
  });
});

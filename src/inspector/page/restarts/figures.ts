import type { Restart } from '../../answers.ts';
import { create, setProperties } from '../parts/element.ts';
import { toDuration, toNumber } from '../parts/text.ts';

/** The durations of those that have come up, the shortest first. */
function sortDurations(restarts: Restart[]): number[] {
  const all = restarts.flatMap(({ duration, kind }) =>
    duration === null || kind === 'crash' ? [] : [duration],
  );
  return all.sort((one, other) => one - other);
}

/** The duration that so large a part of all is not longer than; `undefined` for none. */
function percentile(sorted: number[], part: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
}

/** How long the bars may be: some are cut off, so that one slow restart does not make all others dots. */
export function findLongest(restarts: Restart[]): number {
  const sorted = sortDurations(restarts);
  const usual = percentile(sorted, 0.95) ?? 0;
  return Math.max(1, Math.min(sorted.at(-1) ?? 1, usual * 1.25));
}

/** Median, p95 and how many, with a small plot of all of them. */
export function createFigures(restarts: Restart[]): HTMLElement {
  const sorted = sortDurations(restarts);
  const tell = (value: number | undefined): string =>
    value === undefined ? '–' : toDuration(value);
  const crashes = restarts.filter(({ kind }) => kind === 'crash').length;
  const figures: [string, string][] = [
    ['Median', tell(percentile(sorted, 0.5))],
    ['p95', tell(percentile(sorted, 0.95))],
    ['Restarts', toNumber(restarts.length - crashes)],
    ['Crashes', toNumber(crashes)],
  ];
  return create(
    'div',
    { class: 'figures' },
    create(
      'dl',
      {},
      figures.map(([name, value]) =>
        create('div', {}, create('dt', {}, name), create('dd', {}, value)),
      ),
    ),
    createPlot(restarts),
  );
}

/** One column for each, the oldest first. What it shows stands in the figures and the table, too. */
function createPlot(restarts: Restart[]): HTMLElement {
  const longest = findLongest(restarts);
  const columns = restarts.map(({ duration, kind }) => {
    const column = create('span', { class: `column is-${kind}` });
    setProperties(column, { '--part': Math.min(1, (duration ?? longest) / longest) });
    return column;
  });
  return create('div', { class: 'plot', 'aria-hidden': 'true' }, columns);
}

import type { Finding } from './check-order.ts';
import { formatDifference } from './format-difference.ts';
import type { Order } from './order.ts';

/** How many differences of an app are shown. */
const SHOWN = 12;

/** How many places are listed in the end. */
const LISTED = 40;

/** The app, and how to have it again. */
export function formatOrder(seed: number, { number, language, files, last, spied }: Order): string {
  const texts = files.map((loadings) =>
    loadings
      .map(({ name, way }) => (way === 'import' ? name : `${way.replace('()', '')}(${name})`))
      .join(' '),
  );
  return [
    `FAILED  order ${number}, ${language}${spied ? `, with a spy on Object.${spied}` : ''}`,
    `  again: npm run check:orders -- --seed ${seed} --order ${number}`,
    ...texts.map((text, index) => `  ${index === texts.length - 1 ? 'entry' : 'part'}: ${text}`),
    `  while it runs: ${last.way} ${last.name}`,
  ].join('\n');
}

/** What was found in each run; the same in several runs is said once. */
export function formatFindings(findings: Finding[]): string {
  const runs = new Map<string, string[]>();
  for (const { run, differences, failure } of findings) {
    const texts = differences.map(formatDifference);
    for (const text of failure ? [failure, ...texts] : texts) {
      runs.set(text, [...(runs.get(text) ?? []), run]);
    }
  }
  const texts = [...runs].map(([text, names]) => `(${names.join(', ')}) ${text}`);
  const more = texts.length - SHOWN;
  return [...texts.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])]
    .map((text) => `  ${text.replaceAll('\n', '\n    ')}`)
    .join('\n');
}

/** Which places differ, those of most apps first. */
export function formatSummary(apps: Finding[][]): string {
  const counts = new Map<string, number>();
  for (const findings of apps) {
    const places = findings.flatMap(({ differences, failure }) => [
      ...differences.map(({ at }) => at),
      ...(failure ? [failure] : []),
    ]);
    for (const place of new Set(places)) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const most = [...counts].toSorted(([, count], [, other]) => other - count);
  return most
    .slice(0, LISTED)
    .map(([place, count]) => `${count} x ${place.split('\n').slice(0, 2).join(' ')}`)
    .join('\n');
}

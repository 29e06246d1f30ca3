import type { Restart } from '../../answers.ts';
import { create, setProperties } from '../parts/element.ts';
import { toDuration } from '../parts/text.ts';

/** What a restart consists of, in the order of time, and what it means. */
export const PHASES: Record<string, string> = {
  drain: 'requests in flight are answered, and the app cleans up',
  exit: 'the old process ends',
  wait: 'the next process is not ready yet',
  start: 'the new process takes over',
  entry: 'the app runs until it listens',
};

/** `drain 12 ms, exit 3 ms` */
export function toPhasesText({ phases }: Pick<Restart, 'phases'>): string {
  return phases.map(([name, span]) => `${name} ${toDuration(span)}`).join(', ');
}

/** One bar, of a part for each phase. How long it is to the longest one is up to the style sheet. */
export function createBar(restart: Restart): HTMLElement {
  const spans = restart.phases.map(([, span]) => span);
  const total = spans.reduce((sum, span) => sum + span, 0);
  const parts = restart.phases
    .filter(([, span]) => span > 0)
    .map(([name, span]) => {
      const part = create('span', {
        class: `phase is-${name}`,
        title: `${name} ${toDuration(span)}`,
      });
      setProperties(part, { '--span': span });
      return part;
    });
  const label = toPhasesText(restart);
  const bar = create('span', { class: 'bar', role: 'img', 'aria-label': label }, parts);
  setProperties(bar, { '--total': total });
  return bar;
}

/** What the parts of the bars mean. */
export function createLegend(): HTMLElement {
  const items = Object.entries(PHASES).map(([name, meaning]) => {
    const sign = create('span', { class: `swatch is-${name}`, 'aria-hidden': 'true' });
    return create('li', { title: meaning }, sign, name);
  });
  return create('ul', { class: 'legend', 'aria-label': 'Parts of a restart' }, items);
}

import type { Restart } from '../../answers.ts';
import { create, setProperties } from '../parts/element.ts';
import { toDuration } from '../parts/text.ts';

/** What a restart consists of, in the order of time, and what it means. */
export const PHASES: Record<string, string> = {
  drain: 'what was in flight is answered',
  exit: 'the old process ends',
  wait: 'more files are being saved',
  start: 'Node starts, unless a process has waited for it',
  entry: 'the app runs until it listens',
};

/** `drain 12 ms, exit 3 ms` */
export function toPhasesText({ phases }: Pick<Restart, 'phases'>): string {
  return phases.map(([name, span]) => `${name} ${toDuration(span)}`).join(', ');
}

/** One bar, of a part for each phase. How long it is to the longest one is up to the style sheet. */
export function createBar(restart: Restart): HTMLElement | undefined {
  const phases = findParts(restart);
  const total = phases.reduce((sum, [, span]) => sum + span, 0);
  if (total === 0) return undefined;
  const parts = phases
    .filter(([, span]) => span > 0)
    .map(([name, span]) => {
      const part = create('span', {
        class: `phase is-${name}`,
        title: `${name} ${toDuration(span)}`,
      });
      setProperties(part, { '--span': span });
      return part;
    });
  const label = toPhasesText({ phases });
  const bar = create('span', { class: 'bar', role: 'img', 'aria-label': label }, parts);
  setProperties(bar, { '--total': total });
  return bar;
}

/** What is not told in parts is one. */
function findParts({ phases, duration, kind }: Restart): Restart['phases'] {
  return phases.length > 0 || duration === null ? phases : [[kind, duration]];
}

/** What the parts of the bars mean. */
export function createLegend(): HTMLElement {
  const items = Object.entries(PHASES).map(([name, meaning]) => {
    const sign = create('span', { class: `swatch is-${name}`, 'aria-hidden': 'true' });
    return create('li', { title: meaning }, sign, name);
  });
  return create('ul', { class: 'legend', 'aria-label': 'Parts of a restart' }, items);
}

import type { Restart } from '../../answers.ts';
import { create } from '../parts/element.ts';
import { createTime, toCount, toDuration } from '../parts/text.ts';
import { createBar } from './phases.ts';

/** What caused it: `src/app.ts`, `src/app.ts and 2 others`. */
export function toFiles({ paths, reason }: Pick<Restart, 'paths' | 'reason'>): string {
  const [first, ...others] = paths;
  if (first === undefined) return reason ?? 'no file';
  return others.length === 0 ? first : `${first} and ${toCount(others.length, 'other')}`;
}

/** `app.ts` of `src/app.ts` */
function toFile(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** How it came out, in a few words. */
export function toResult({ kind, duration, crash }: Restart): string {
  if (kind === 'crash') return crash ?? 'the app crashed';
  const took = duration === null ? '' : ` in ${toDuration(duration)}`;
  return kind === 'update' ? `updated without a restart${took}` : `restarted${took}`;
}

/** `3 sessions, 1 request`: what outlived it. */
export function toHeld({ requests, sessions, values, clients }: Restart): string {
  const counts = [
    sessions !== null && sessions > 0 && toCount(sessions, 'session'),
    requests > 0 && toCount(requests, 'request'),
    values > 0 && toCount(values, 'value'),
    clients > 0 && toCount(clients, 'MCP client'),
  ];
  return counts.filter(Boolean).join(', ');
}

/** One row of the table. */
export function createRow(restart: Restart): HTMLTableRowElement {
  const { number, at, paths, reason, kind, duration, crash } = restart;
  const link = create(
    'a',
    { href: `#/restarts/${number}` },
    toFiles({ paths: paths.map(toFile), reason }),
  );
  const press = (event: MouseEvent): void => {
    const isLink = event.target instanceof Element && event.target.closest('a');
    if (!isLink && getSelection()?.isCollapsed !== false) link.click();
  };
  const folder = (paths[0] ?? '').slice(0, -toFile(paths[0] ?? '').length);
  const sign = kind !== 'restart' && create('span', { class: `badge is-${kind}` }, kind);
  return create(
    'tr',
    { 'data-number': number, on: { click: press } },
    create('td', { class: 'column-time' }, createTime(at, 'clock')),
    create(
      'td',
      { class: 'column-file', title: [...paths, reason].filter(Boolean).join('\n') },
      sign,
      link,
      folder && create('span', { class: 'dim' }, folder),
      crash !== null && create('span', { class: 'under' }, crash),
    ),
    create('td', { class: 'column-parts' }, createBar(restart)),
    create('td', { class: 'column-took' }, duration === null ? '–' : toDuration(duration)),
    create('td', { class: 'column-held' }, toHeld(restart) || '–'),
  );
}

import { create } from '../../parts/element.ts';
import { toCount } from '../../parts/text.ts';

/** What stands for what is masked. */
export function createMask(): HTMLElement {
  const dots = create('span', { 'aria-hidden': 'true' }, '••••••');
  return create(
    'span',
    { class: 'value is-masked' },
    dots,
    create('span', { class: 'unseen' }, 'masked'),
  );
}

/** How many members are in something. */
export function createSize(value: object): HTMLElement {
  const count = Object.keys(value).length;
  const text = Array.isArray(value) ? toCount(count, 'item') : toCount(count, 'member');
  return create('span', { class: 'size' }, text);
}

/** A text, a number, true, false or null, as JSON writes it. */
export function createValue(value: unknown): HTMLElement {
  const kind = value === null ? 'null' : typeof value;
  return create('span', { class: `value is-${kind}` }, JSON.stringify(value));
}

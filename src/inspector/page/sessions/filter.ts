import { create } from '../parts/element.ts';

/** How long nothing is typed before it is looked for, in milliseconds. */
const PAUSE = 60;

/** The box in which a person types what sessions must have. */
export function createFilter(filter: (text: string) => void): {
  element: HTMLElement;
  clear(): void;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = '';
  const change = (): void => {
    const text = input.value.trim();
    if (text === last) return;
    last = text;
    filter(text);
  };
  const input = create('input', {
    type: 'search',
    placeholder: 'Filter by who, id or namespace',
    'aria-label': 'Filter sessions by who, id or namespace',
    autocomplete: 'off',
    spellcheck: 'false',
    on: {
      input: () => {
        clearTimeout(timer);
        timer = setTimeout(change, PAUSE);
      },
    },
  });
  const clear = (): void => {
    input.value = '';
    change();
    input.focus();
  };
  return { element: create('search', { class: 'filter' }, input), clear };
}

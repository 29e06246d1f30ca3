import { create, createButton } from '../parts/element.ts';
import { findAppUrl } from '../parts/overview.ts';
import { createEmpty } from '../parts/panel.ts';

/** What is said where no session has what is looked for. */
export function createNoMatch(filter: string, clear: () => void): HTMLElement {
  const text = `No session has “${filter}” in who it is, its id or its namespace.`;
  return createEmpty(
    'Nothing matches',
    create('p', {}, text),
    createButton('Show all', clear, { 'data-id': 'show-all' }),
  );
}

/** What is said where there is no session yet. */
export function createWelcome(): HTMLElement {
  const url = findAppUrl();
  const app = url
    ? create('a', { href: url, target: '_blank', rel: 'noopener' }, 'the app')
    : 'the app';
  return createEmpty(
    'Nobody is logged in yet',
    create('p', {}, 'Log in to ', app, ', and the session appears here by itself.'),
    create(
      'p',
      {},
      'You are logged in, and nothing appears? ',
      create('a', { href: '#/doctor' }, 'Doctor'),
      ' knows why.',
    ),
  );
}

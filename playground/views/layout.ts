import type { Organizer } from '../session.ts';
import { csrfField } from './fields.ts';
import { html, type Html } from './html.ts';

/** What a page shows around its content. */
export interface Frame {
  organizer?: Organizer | undefined;
  flash?: string | undefined;
  csrfToken?: string;
}

/** The frame of a page behind the login. */
export interface OrganizerFrame extends Frame {
  organizer: Organizer;
  csrfToken: string;
}

export function layout(frame: Frame, title: string, content: Html): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Party planner</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/styles.css" />
      </head>
      <body>
        <a class="skip-link" href="#content">Skip to content</a>
        <header class="site-header">
          <a class="brand" href="/">Party planner</a>
          <nav aria-label="Main">${navigation(frame)}</nav>
        </header>
        <main id="content">
          ${frame.flash && html`<p class="flash" role="status">${frame.flash}</p>`} ${content}
        </main>
        <footer class="site-footer">
          Parties live in memory, and one line of package.json keeps them over every restart:
          <code>"keep": ["playground/parties/party-store.ts"]</code>
        </footer>
      </body>
    </html>`;
  return page.toString();
}

function navigation({ organizer, csrfToken }: Frame): Html {
  if (!organizer) return html`<a href="/organizer/login">Organizer login</a>`;
  return html`<a href="/organizer/">Dashboard</a> ${csrfToken && logoutForm(csrfToken)}`;
}

function logoutForm(csrfToken: string): Html {
  return html`<form method="post" action="/organizer/logout">
    ${csrfField(csrfToken)}
    <button class="link-button">Log out</button>
  </form>`;
}

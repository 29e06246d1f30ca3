import type { Party } from '../parties/party.ts';
import { html, type Html } from './html.ts';
import { layout, type OrganizerFrame } from './layout.ts';
import { answerCounts, dateBadge, whenAndWhere } from './party-parts.ts';

interface Dashboard {
  visits: number;
  server: { pid: number; startedAt: Date };
  parties: Party[];
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const dateAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function dashboardPage(
  frame: OrganizerFrame,
  { visits, server, parties }: Dashboard,
): string {
  const { name, loggedInAt } = frame.organizer;
  return layout(
    frame,
    'Dashboard',
    html`
      <h1>Welcome, <span class="person">${name}</span></h1>
      <dl class="card facts">
        <div>
          <dt>Your login</dt>
          <dd>logged in since ${dateAndClock.format(loggedInAt)}</dd>
        </div>
        <div>
          <dt>Your visits</dt>
          <dd>${visits} since the login</dd>
        </div>
        <div>
          <dt>This page</dt>
          <dd>server process ${server.pid}, started ${clock.format(server.startedAt)}</dd>
        </div>
      </dl>
      <section aria-labelledby="parties">
        <div class="section-header">
          <h2 id="parties">Your parties</h2>
          <a class="button" href="/organizer/parties/new">Plan a party</a>
        </div>
        ${
          parties.length > 0
            ? html`<ul class="party-list">
                ${parties.map(partyCard)}
              </ul>`
            : html`<p class="empty">Nothing planned yet.</p>`
        }
      </section>
    `,
  );
}

function partyCard(party: Party): Html {
  return html`<li class="card party-card">
    ${dateBadge(party)}
    <div>
      <h3>
        <a class="card-link" href="/organizer/parties/${party.id}">${party.title}</a>
        ${!party.isPublic && html`<span class="tag">by link only</span>`}
      </h3>
      ${whenAndWhere(party)}
    </div>
    ${answerCounts(party)}
  </li>`;
}

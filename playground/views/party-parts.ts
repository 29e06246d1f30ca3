import { formatPartyDate } from '../parties/party-dates.ts';
import { countAnswers, type GuestAnswer, type Party } from '../parties/party.ts';
import { html, type Html } from './html.ts';

export const answerLabels: Record<GuestAnswer, string> = {
  yes: 'Yes',
  maybe: 'Maybe',
  no: 'No',
  pending: 'Waiting',
};

export function dateBadge(party: Party): Html {
  const date = formatPartyDate(party.date);
  // The date is written out beside every badge.
  return html`<span class="date-badge" aria-hidden="true">
    <span>${date.month}</span><strong>${date.day}</strong>
  </span>`;
}

export function whenAndWhere(party: Party): Html {
  const date = formatPartyDate(party.date);
  return html`<p class="when-and-where">
    <time datetime="${party.date}">${date.longDate}, ${date.time}</time>
    <span>${party.place}</span>
  </p>`;
}

export function answerCounts(party: Party): Html {
  const counts = countAnswers(party);
  return html`<ul class="counts" aria-label="Answers">
    <li class="count yes"><strong>${counts.yes}</strong> yes</li>
    <li class="count maybe"><strong>${counts.maybe}</strong> maybe</li>
    <li class="count no"><strong>${counts.no}</strong> no</li>
    <li class="count pending"><strong>${counts.pending}</strong> waiting</li>
  </ul>`;
}

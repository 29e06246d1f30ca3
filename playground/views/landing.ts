import { countAnswers, type Party } from '../parties/party.ts';
import { html, type Html } from './html.ts';
import { type Frame, layout } from './layout.ts';
import { dateBadge, whenAndWhere } from './party-parts.ts';

export function landingPage(frame: Frame, parties: Party[]): string {
  return layout(
    frame,
    'Holiday parties',
    html`
      <section class="hero">
        <p class="eyebrow">This winter</p>
        <h1>Come in from the cold.</h1>
        <p class="lead">
          Good company, warm food and not much planning. Choose a party and let us know whether you
          can make it.
        </p>
      </section>
      <section aria-labelledby="parties">
        <h2 id="parties">Parties you can join</h2>
        ${
          parties.length > 0
            ? html`<ul class="party-list">
                ${parties.map(partyCard)}
              </ul>`
            : html`<p class="empty">No party is planned right now. Come back soon.</p>`
        }
      </section>
    `,
  );
}

function partyCard(party: Party): Html {
  const { yes } = countAnswers(party);
  return html`<li class="card party-card">
    ${dateBadge(party)}
    <div>
      <h3><a class="card-link" href="/parties/${party.id}">${party.title}</a></h3>
      ${whenAndWhere(party)}
    </div>
    <p class="coming">${yes > 0 ? html`<strong>${yes}</strong> coming` : 'Be the first'}</p>
  </li>`;
}

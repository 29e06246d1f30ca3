import type { FormResult } from '../parties/party-forms.ts';
import { answers, type Guest, type GuestFields, type Party } from '../parties/party.ts';
import { csrfField, inputField } from './fields.ts';
import { html, type Html } from './html.ts';
import { layout, type OrganizerFrame } from './layout.ts';
import { answerCounts, answerLabels, whenAndWhere } from './party-parts.ts';

type GuestForm = FormResult<GuestFields>;

const emptyForm: GuestForm = { values: { name: '', answer: 'pending', note: '' }, errors: {} };

export function partyPage(frame: OrganizerFrame, party: Party, form = emptyForm): string {
  const content = html`
    <p><a href="/organizer/">All parties</a></p>
    <header class="party-header">
      <div class="section-header">
        <h1>${party.title}</h1>
        <a class="button quiet" href="/organizer/parties/${party.id}/edit">Edit party</a>
      </div>
      ${whenAndWhere(party)}
      <p class="description">${party.description}</p>
      <p><a href="/parties/${party.id}">The invitation your guests see</a></p>
    </header>
    <section aria-labelledby="guests">
      <div class="section-header">
        <h2 id="guests">Guests</h2>
        ${answerCounts(party)}
      </div>
      ${
        party.guests.length > 0
          ? html`<ul class="card guest-list">
              ${party.guests.map((guest) => guestRow(frame, party, guest))}
            </ul>`
          : html`<p class="empty">Nobody is invited yet.</p>`
      }
    </section>
    ${addGuestForm(frame, party, form)}
  `;
  return layout(frame, party.title, content);
}

function guestRow({ csrfToken }: OrganizerFrame, party: Party, guest: Guest): Html {
  const path = `/organizer/parties/${party.id}/guests/${guest.id}`;
  return html`<li class="guest">
    <p>
      <strong>${guest.name}</strong>
      ${guest.note && html`<span class="note">${guest.note}</span>`}
    </p>
    <form method="post" action="${path}/answer">
      ${csrfField(csrfToken)}
      ${answerSelect(`answer-${guest.id}`, `Answer of ${guest.name}`, guest)}
      <button class="button quiet small">Save</button>
    </form>
    <form method="post" action="${path}/delete">
      ${csrfField(csrfToken)}
      <button class="link-button" aria-label="Remove ${guest.name}">Remove</button>
    </form>
  </li>`;
}

function answerSelect(id: string, label: string, { answer }: GuestFields): Html {
  return html`<label class="visually-hidden" for="${id}">${label}</label>
    <select id="${id}" name="answer">
      ${(['pending', ...answers] as const).map(
        (value) => html`
          <option value="${value}" ${value === answer && html`selected`}>
            ${answerLabels[value]}
          </option>
        `,
      )}
    </select>`;
}

function addGuestForm({ csrfToken }: OrganizerFrame, party: Party, form: GuestForm): Html {
  return html`<form class="card form" method="post" action="/organizer/parties/${party.id}/guests">
    <h2>Add a guest</h2>
    ${csrfField(csrfToken)}
    <div class="field-row">
      ${inputField({
        name: 'name',
        label: 'Name',
        value: form.values.name,
        error: form.errors.name,
        maxLength: 60,
        required: true,
      })}
      ${inputField({ name: 'note', label: 'Note', value: form.values.note, maxLength: 200 })}
    </div>
    <button class="button">Add guest</button>
  </form>`;
}

import type { FormResult } from '../parties/party-forms.ts';
import type { Party, PartyFields } from '../parties/party.ts';
import { csrfField, inputField, textareaField } from './fields.ts';
import { html, type Html } from './html.ts';
import { layout, type OrganizerFrame } from './layout.ts';

type PartyForm = FormResult<PartyFields>;

const emptyForm: PartyForm = {
  values: { title: '', date: '', place: '', description: '', isPublic: true },
  errors: {},
};

export function newPartyPage(frame: OrganizerFrame, form = emptyForm): string {
  const content = html`
    <form class="card form narrow" method="post" action="/organizer/parties">
      <h1>Plan a party</h1>
      ${csrfField(frame.csrfToken)} ${fields(form)}
      <p class="actions">
        <button class="button">Create party</button>
        <a href="/organizer/">Cancel</a>
      </p>
    </form>
  `;
  return layout(frame, 'Plan a party', content);
}

export function editPartyPage(frame: OrganizerFrame, party: Party, form: PartyForm): string {
  const content = html`
    <form class="card form narrow" method="post" action="/organizer/parties/${party.id}/edit">
      <h1>Edit party</h1>
      ${csrfField(frame.csrfToken)} ${fields(form)}
      <p class="actions">
        <button class="button">Save changes</button>
        <a href="/organizer/parties/${party.id}">Cancel</a>
      </p>
    </form>
    ${deleteForm(frame, party)}
  `;
  return layout(frame, `Edit ${party.title}`, content);
}

function fields({ values, errors }: PartyForm): Html {
  return html`
    ${inputField({
      name: 'title',
      label: 'Title',
      value: values.title,
      error: errors.title,
      maxLength: 80,
      required: true,
    })}
    ${inputField({
      name: 'date',
      label: 'Date and time',
      value: values.date,
      error: errors.date,
      type: 'datetime-local',
      required: true,
    })}
    ${inputField({
      name: 'place',
      label: 'Place',
      value: values.place,
      error: errors.place,
      maxLength: 120,
      required: true,
    })}
    ${textareaField({
      name: 'description',
      label: 'Description',
      value: values.description,
      maxLength: 1000,
    })}
    <label class="checkbox">
      <input type="checkbox" name="isPublic" ${values.isPublic && html`checked`} />
      <span>Show it on the front page</span>
    </label>
  `;
}

function deleteForm({ csrfToken }: OrganizerFrame, party: Party): Html {
  return html`<details class="danger narrow">
    <summary>Delete this party</summary>
    <form method="post" action="/organizer/parties/${party.id}/delete">
      ${csrfField(csrfToken)}
      <p>The guest list goes with it. This cannot be undone.</p>
      <button class="button">Delete party</button>
    </form>
  </details>`;
}

import type { FormResult } from '../parties/party-forms.ts';
import { answers, countAnswers, type GuestFields, type Party } from '../parties/party.ts';
import { fieldError, inputField, textareaField } from './fields.ts';
import { html, type Html } from './html.ts';
import { type Frame, layout } from './layout.ts';
import { answerLabels, dateBadge, whenAndWhere } from './party-parts.ts';

type RsvpForm = FormResult<GuestFields>;

const emptyForm: RsvpForm = { values: { name: '', answer: 'pending', note: '' }, errors: {} };

export function invitationPage(frame: Frame, party: Party, form = emptyForm): string {
  const { yes, maybe } = countAnswers(party);
  return layout(
    frame,
    party.title,
    html`
      <div class="columns">
        <article class="invitation">
          ${dateBadge(party)}
          <p class="eyebrow">You are invited</p>
          <h1>${party.title}</h1>
          ${whenAndWhere(party)}
          <p class="description">${party.description}</p>
          <p class="coming"><strong>${yes}</strong> coming, <strong>${maybe}</strong> maybe</p>
        </article>
        <form class="card form" method="post" action="/parties/${party.id}/rsvp">
          <h2>Will you come?</h2>
          ${answerChoice(form)}
          ${inputField({
            name: 'name',
            label: 'Your name',
            value: form.values.name,
            error: form.errors.name,
            autocomplete: 'name',
            maxLength: 60,
            required: true,
          })}
          ${textareaField({
            name: 'note',
            label: 'A note',
            value: form.values.note,
            maxLength: 200,
          })}
          <button class="button">Send answer</button>
        </form>
      </div>
    `,
  );
}

function answerChoice({ values, errors }: RsvpForm): Html {
  return html`<fieldset class="field choice">
    <legend>Your answer</legend>
    <div class="choices">
      ${answers.map(
        (answer) => html`
          <label>
            <input
              type="radio"
              name="answer"
              value="${answer}"
              required
              ${values.answer === answer && html`checked`}
            />
            <span>${answerLabels[answer]}</span>
          </label>
        `,
      )}
    </div>
    ${fieldError('answer', errors.answer)}
  </fieldset>`;
}

import { html, type Html } from './html.ts';

interface Field {
  name: string;
  label: string;
  value: string;
  error?: string | undefined;
  maxLength?: number;
  required?: boolean;
}

interface InputField extends Field {
  type?: 'text' | 'password' | 'datetime-local';
  autocomplete?: string;
}

export function inputField(field: InputField): Html {
  const input = html`<input
    type="${field.type ?? 'text'}"
    value="${field.value}"
    autocomplete="${field.autocomplete ?? 'off'}"
    ${attributes(field)}
  />`;
  return labelled(field, input);
}

export function textareaField(field: Field): Html {
  return labelled(field, html`<textarea rows="4" ${attributes(field)}>${field.value}</textarea>`);
}

export function fieldError(id: string, error: string | undefined): Html {
  return html`${error && html`<p class="field-error" id="${id}-error">${error}</p>`}`;
}

export function csrfField(csrfToken: string): Html {
  return html`<input type="hidden" name="csrfToken" value="${csrfToken}" />`;
}

function labelled({ name, label, error, required }: Field, control: Html): Html {
  return html`<div class="field">
    <label for="${name}">
      ${label} ${!required && html`<span class="optional">(optional)</span>`}
    </label>
    ${control} ${fieldError(name, error)}
  </div>`;
}

function attributes({ name, error, maxLength, required }: Field): Html {
  return html`id="${name}" name="${name}" ${maxLength && html`maxlength="${maxLength}"`}
  ${required && html`required`}
  ${error && html`aria-invalid="true" aria-describedby="${name}-error"`}`;
}
